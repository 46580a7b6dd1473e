"""Files that a person of ours imports into an entity: as partners' files are decoded and told of, but of no partner."""
