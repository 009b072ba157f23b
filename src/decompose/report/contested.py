"""What is contested, with what goes together in one row: forty rows that say the same hide the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from decompose.boundaries.split import Split
from decompose.boundaries.toss_ups import TossUp
from decompose.report.cards import Card, Contested


class Disputed(NamedTuple):
    """Members of ``service`` that the same ``share`` of clusterings put there, and that most of the others put ``elsewhere``: the one that
    stands for them, tables first, and the ``others``. ``because`` says what puts them there where no clustering does.
    """

    first: Contested
    others: list[Contested]
    service: str
    share: float
    elsewhere: str
    because: str


def disputed(cards: Iterable[Card], split: Split, blocks: Iterable[TossUp] = ()) -> list[Disputed]:
    """All contested members, the least sure first; what modules do when they are imported last. Those in ``blocks`` are told with these."""
    told = {member for block in blocks for member in block.members}
    together: dict[tuple[bool, float, str, str, str], list[Contested]] = defaultdict(list)
    for card in cards:
        for member in (one for one in card.contested if one.id not in told):
            elsewhere, because = split.runners_up.get(member.id, ""), split.because.get(member.id, "")
            together[_is_top(member), round(member.share, 2), card.name, elsewhere, because].append(member)
    found = []
    for (_, share, service, elsewhere, because), members in sorted(together.items()):
        first, *others = sorted(members, key=lambda m: (not m.id.startswith("table:"), m.id))
        found.append(Disputed(first, others, service, share, elsewhere, because))
    return sorted(found, key=lambda one: (_is_top(one.first), one.share, -len(one.others), one.first.id))


def _is_top(member: Contested) -> bool:
    """Whether it is what a module does when it is imported, which is of no interest beside classes, functions and tables."""
    return member.id.endswith(":")
