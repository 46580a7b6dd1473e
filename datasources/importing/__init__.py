"""From a partner's file to entities: looked through once, then imported chunk by chunk."""
