"""The other sides of the contracts, played over HTTP: they know what is published and nothing of the server's code."""
