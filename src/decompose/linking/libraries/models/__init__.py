"""Mappers whose models are class bodies of calls, one file for each: what their classes and fields are in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from decompose.linking.found import FoundAccess, FoundKey, FoundTable
from decompose.linking.libraries.models import (
    beanie,
    frappe,
    mongoengine,
    odoo,
    odoo_records,
    peewee,
    pony,
    pydal,
    pydal_queries,
    tortoise,
)
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_MAPPERS: tuple[tuple[str, Callable[[Linked], Iterator[FoundTable | FoundKey]]], ...] = (
    *((package, beanie.schema) for package in beanie.PACKAGES),
    *((package, mongoengine.schema) for package in mongoengine.PACKAGES),
    ("odoo", odoo.schema),
    ("peewee", peewee.schema),
    ("playhouse", peewee.schema),
    ("pony", pony.schema),
    *((package, pydal.schema) for package in pydal.PACKAGES),
    ("tortoise", tortoise.schema),
)


DECLARATIONS: tuple[
    tuple[
        Callable[[Linked], Iterator[tuple[str, Scope | None]]],
        Callable[[str, bytes, Scope | None], Iterator[FoundTable | FoundKey]],
    ],
    ...,
] = ((frappe.declarations, frappe.declared),)
"""Models that are declared in files of their own: which files, with the class beside each, and what one of them declares."""

ACCESSES: tuple[Callable[[Linked], Iterator[FoundAccess]], ...] = (
    frappe.accesses,
    odoo_records.accesses,
    pydal_queries.accesses,
)
"""Calls of mappers without a summary that read or write tables."""


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and keys of the mappers that the application imports."""
    modules = linked.program.modules
    imported = {package for module in modules if not module.library for package in module.facts.packages}
    for read in dict.fromkeys(read for package, read in _MAPPERS if package in imported):
        yield from read(linked)
