"""From a write, or a set of them, to its answer."""
