"""What the service says of itself to programs and their authors: an OpenAPI document, made of what rooms declare."""
