"""Attributes of values: reading them, binding what is read, setting them."""
