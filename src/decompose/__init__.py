"""decompose: where a Python monolith can be split, what happens to its database, and in which order."""
