"""What functions are given, each choice with a number: it stands behind the unit of the actor that is given it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from decompose.system.transactions.narrowed import Actor, number_of, numbered
from decompose.system.transactions.switches import is_key

_MOST_CHOICES = 60
"""A function that is given more choices than this is not told apart by them."""

_MOST_NAMES = 400
"""Names are a constant for each caller, and where there are many most lead nowhere."""

Choice = tuple[tuple[str, frozenset[str]], ...]
"""Parameter -> the tables whose rows, classes or queries it brings; a parameter that is not there may bring all."""


class Choices:
    """All choices that were made so far; ``naming``: the definitions that are given names."""

    def __init__(self, naming: Collection[str]) -> None:
        self._naming = naming
        self._numbers: dict[Choice, int] = {}
        self._made: list[Choice] = []
        self._of: dict[tuple[Actor, bool], set[int]] = {}

    def of(self, actor: Actor) -> Choice:
        """What an actor is given; empty where that may be anything."""
        number = number_of(actor)
        return self._made[number] if number >= 0 else ()

    def choose(self, target: Actor, choice: Mapping[str, Iterable[str]], *, by_request: bool = False) -> Actor | None:
        """An actor with what it is given; nobody where it is given too many different things to be told apart by them."""
        made: Choice = tuple((name, frozenset(tables)) for name, tables in sorted(choice.items()))
        number = self._numbers.get(made)
        if number is None:
            number = self._numbers[made] = len(self._made)
            self._made.append(made)
        known = self._of.setdefault((target, by_request), set())
        most = _MOST_NAMES if target[0] in self._naming else _MOST_CHOICES
        if number not in known and len(known) >= most:
            without = {name: given for name, given in choice.items() if not is_key(name)}
            fewer = 0 < len(without) < len(choice)
            return self.choose(target, without, by_request=by_request) if fewer else None
        known.add(number)
        return numbered(target, number)
