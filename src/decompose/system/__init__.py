"""The model of the monolith: definitions, tables, entry points, dependencies, all with evidence."""

from decompose.system.build import build_system

__all__ = ["build_system"]
