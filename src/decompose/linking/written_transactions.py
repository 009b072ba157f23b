"""Transactions that text opens and ends: ``execute("BEGIN")``, ``execute("COMMIT")``, ``execute(f"SAVEPOINT {name}")``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from decompose.facts import HOLE

if TYPE_CHECKING:
    from decompose.linking.handed_back import Opening
    from decompose.linking.linked import Linked

EXPLICIT = "explicit"
SAVEPOINT = "savepoint"
"""The scope of what a ``SAVEPOINT`` opens: part of the transaction around, or one by itself where there is none, as in SQLite."""

_WORDS = r"\s*(?:{})\s*;?\s*"
_FIRST_WORDS = re.compile(
    _WORDS.format(
        r"(?P<begins>BEGIN(?:\s+\w+)*|START\s+TRANSACTION(?:[\s,]+\w+)*)"
        r"|(?P<commits>(?:COMMIT|END)(?:\s+(?:WORK|TRANSACTION))?)"
        r"|(?P<rolls_back>(?:ROLLBACK|ABORT)(?:\s+(?:WORK|TRANSACTION))?)"
        rf"|(?P<saves>SAVEPOINT\s+[\w\"`{HOLE}]+)"
    ),
    re.IGNORECASE,
)
_LONGEST = 80
_SAYS = {
    "commits": ("commits", EXPLICIT),
    "rolls_back": ("rolls_back", EXPLICIT),
    # What was done before is in none that is committed behind it.
    "begins": ("rolls_back", EXPLICIT),
    "saves": ("transaction", SAVEPOINT),
}


def written_transactions(linked: Linked) -> Iterator[Opening]:
    """The calls by which a library runs a statement that begins or ends a transaction, with the effect and the kind that it says.

    ``RELEASE`` and ``ROLLBACK TO`` end no more than their savepoint.
    """
    for site, ref in linked.statements_run():
        text = linked.constant(site.frame.scope, ref)
        effect = _effect(text) if isinstance(text, str) else None
        if effect is not None:
            yield (site, *effect)


def _effect(text: str) -> tuple[str, str] | None:
    found = _FIRST_WORDS.fullmatch(text) if len(text) < _LONGEST else None
    return _SAYS[found.lastgroup] if found is not None and found.lastgroup is not None else None
