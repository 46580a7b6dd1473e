"""What others would write for the same work: one Django project as `startproject` lays it out, one file a peer."""
