"""How much came, how much waits, and what is measured of both."""
