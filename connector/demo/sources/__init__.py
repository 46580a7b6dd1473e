"""A partner's side: it registers a folder of its own, and its files are pulled from there."""
