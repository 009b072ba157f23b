"""How a listener to rows is told whether the row is a new one, and what says to who saves a row that it is not."""

from __future__ import annotations

from typing import NamedTuple


class NewRows(NamedTuple):
    """Calls by ``rule`` give the argument ``told``: true for a new row, false for one that was there.

    ``existing``: who saves a row with one of these arguments writes one that is there.
    """

    rule: str
    told: str
    existing: tuple[str, ...]


NEW_ROWS = (NewRows("receives post_save", "created", ("update_fields", "force_update")),)
