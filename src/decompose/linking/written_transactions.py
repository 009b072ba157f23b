"""Transactions that text opens and ends: ``execute("BEGIN")``, ``execute("COMMIT")``, ``execute(f"SAVEPOINT {name}")``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from decompose.facts import HOLE, Op
from decompose.linking.handed_back import WHOLE
from decompose.linking.handed_in import handed_at

if TYPE_CHECKING:
    from decompose.facts.records import Ref
    from decompose.linking.frames import Site
    from decompose.linking.handed_back import Opening
    from decompose.linking.linked import Linked
    from decompose.linking.program import Scope

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
_WHOLE = re.compile(
    r"\s*(?:(?:PRAGMA|SET)\b[^;]*;\s*)*(?:BEGIN|START\s+TRANSACTION)\b[^;'\"]*;"
    r"(?P<inside>.*);\s*(?:COMMIT|END)(?:\s+(?:WORK|TRANSACTION))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_ENDS_INSIDE = re.compile(r"(?:^|;)\s*(?:COMMIT|END|ROLLBACK)\b", re.IGNORECASE)
_LONGEST = 80
_MAX_STEPS = 6
_MAX_FUNCTIONS = 3
"""So many functions may hand on one to the other the text that they run."""
_SAYS = {
    "commits": ("commits", EXPLICIT),
    "rolls_back": ("rolls_back", EXPLICIT),
    # What was done before is in none that is committed behind it.
    "begins": ("rolls_back", EXPLICIT),
    "saves": ("transaction", SAVEPOINT),
}


def written_transactions(linked: Linked) -> Iterator[Opening]:
    """The calls by which a library runs a statement that begins or ends a transaction, with the effect and the kind that it says.

    ``RELEASE`` and ``ROLLBACK TO`` end no more than their savepoint. What a function runs of what it is given is said by who gives it.
    """
    found: dict[int, Opening] = {}
    for site, ref in linked.statements_run():
        for saying, effect in _said(linked, site, ref, _MAX_FUNCTIONS):
            found.setdefault(id(saying), (saying, *effect))
    yield from found.values()


def _said(linked: Linked, site: Site, ref: Ref, steps: int) -> Iterator[tuple[Site, tuple[str, str]]]:
    function = site.frame.scope
    text = linked.constant(function, ref)
    effect = _effect(text) if isinstance(text, str) else None
    if effect is not None:
        yield site, effect
    given = _parameter(function, ref) if text is None and steps else -1
    for caller in linked.sites_leading_to(function) if given != -1 else ():
        handed = handed_at(function, caller).get((function.index, given))
        if handed is not None and handed[0] is caller.frame.scope:
            yield from _said(linked, caller, handed[1], steps - 1)


def _parameter(function: Scope, ref: Ref) -> int:
    """The parameter, by its node, that a ref is or is a copy of and nothing else; -1 where it is none."""
    for _ in range(_MAX_STEPS):
        if type(ref) is not int or ref < 0:
            break
        made = function.operations_producing(ref)
        if not made:
            return ref if any(p[1] == ref for p in function.facts.parameters) else -1
        if len(made) != 1 or made[0][0] not in (Op.COPY, Op.NARROW):
            break
        ref = made[0][2]
    return -1


def _effect(text: str) -> tuple[str, str] | None:
    whole = _WHOLE.fullmatch(text)
    if whole is not None and not _ENDS_INSIDE.search(whole["inside"]):
        return WHOLE, EXPLICIT
    found = _FIRST_WORDS.fullmatch(text) if len(text) < _LONGEST else None
    return _SAYS[found.lastgroup] if found is not None and found.lastgroup is not None else None
