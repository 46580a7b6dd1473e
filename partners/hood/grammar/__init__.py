"""The grammar of lists: `sort`, `page`, `q`, `view`, `fields`, and filters such as `status=in:active,pending`."""
