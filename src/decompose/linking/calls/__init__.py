"""Calling a value: what is called, what it is given, what it makes."""
