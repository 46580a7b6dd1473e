"""From a stored delivery to its outcome, and the process that sees to it."""
