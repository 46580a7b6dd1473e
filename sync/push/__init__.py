"""Local changes on their way to Dsync: an outbox written with the change, and who sends what stands in it."""
