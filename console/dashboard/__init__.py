"""The first page: what came, what became of it, what waits, what fails, and who is silent."""
