"""Where the journal's rows lie, up to which number all is decided, and what goes by age."""
