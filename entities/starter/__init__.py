"""Starting a new entity from a sample: the files that a person would write, with every guess marked for the reader.

`sources` reads the sample, `guesses` and `foreign` make drafts of its fields, `names` and `key` decide what they are
called and which is the key, `model_text` and `body` write them down, `files` puts them where they belong.
"""
