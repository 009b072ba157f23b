"""Containers: their elements, reading and storing under an index, going through them."""
