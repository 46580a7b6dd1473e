"""What a person does: about the dead and the held, about a record, about all of a process."""
