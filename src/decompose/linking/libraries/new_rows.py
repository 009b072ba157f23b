"""How a listener to rows is told whether the row is a new one, and what says to who saves a row that it is not."""

from __future__ import annotations

from typing import NamedTuple


class NewRows(NamedTuple):
    """Calls by ``rule`` give the argument ``told``: true for a new row, false for one that was there.

    ``existing``: who saves a row with one of these arguments writes one that is there. So does who calls ``saving`` of a row that
    a call of one of ``loading`` has given, or that comes of going through what one of ``several`` gives; unless one of
    the attributes ``identity`` is set before, which makes a copy of it.
    """

    rule: str
    told: str
    existing: tuple[str, ...]
    saving: frozenset[str]
    loading: frozenset[str]
    several: frozenset[str]
    identity: frozenset[str]


NEW_ROWS = (
    NewRows(
        "receives post_save",
        "created",
        ("update_fields", "force_update"),
        frozenset({"save", "asave"}),
        frozenset(
            "get aget first afirst last alast earliest latest get_object get_object_or_404 aget_object_or_404".split()
        ),
        frozenset(
            "all filter exclude order_by reverse distinct iterator select_related prefetch_related select_for_update".split()
        ),
        frozenset({"pk", "id"}),
    ),
)
