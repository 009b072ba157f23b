"""Mappers whose models are class bodies of calls, one file for each: what their classes and fields are in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from decompose.linking.libraries.models import odoo, peewee, pony, tortoise
from decompose.linking.linked import FoundKey, FoundTable, Linked

_MAPPERS: tuple[tuple[str, Callable[[Linked], Iterator[FoundTable | FoundKey]]], ...] = (
    ("odoo", odoo.schema),
    ("peewee", peewee.schema),
    ("playhouse", peewee.schema),
    ("pony", pony.schema),
    ("tortoise", tortoise.schema),
)


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and keys of the mappers that the application imports."""
    modules = linked.program.modules
    imported = {package for module in modules if not module.library for package in module.facts.packages}
    for read in dict.fromkeys(read for package, read in _MAPPERS if package in imported):
        yield from read(linked)
