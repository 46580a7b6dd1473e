"""How people sign in to the admin: locks, the second factor, and how long a session lasts."""
