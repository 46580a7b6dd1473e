"""A delivery: the write that came, its command, what that does to the record, and its row in the journal."""
