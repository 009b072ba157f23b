"""Calls of the linked program as edges with evidence, and what each caller gives."""
