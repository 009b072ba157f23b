"""For which of the classes that inherit a method somebody asks for it.

``class Crud`` may have a ``delete`` that all models inherit; that some are deleted so is no reason to say it of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.system.model import Dependency
from decompose.system.transactions.events import Actor
from decompose.system.transactions.reach import Reach


def asked_heirs(reach: Reach, dependencies: Iterable[Dependency]) -> Mapping[str, frozenset[str]]:
    """Method -> the inheriting classes for which it is run, whatever runs it.

    Only methods that are run for one of them at least, and not for an object that may be of any of them.
    """
    following: dict[Actor, set[Actor]] = {}
    for_any: set[str] = set()
    for d in dependencies:
        if d.runs:
            target = (d.target, d.target_unit)
            following.setdefault((d.source, d.source_unit), set()).add(target)
            # What a framework calls on objects of a class it calls on those of its heirs.
            if (d.source_unit != d.target_unit or d.source == d.target_unit) and reach.home(target) == target:
                for_any.add(d.target)
    asked = {actor for actor in following if reach.home(actor) == actor}
    waiting = list(asked)
    while waiting:
        actor = waiting.pop()
        for place in reach.places(actor):
            for target in following.get(place, ()):
                # What a method asks of its own class, it asks of the class that acts.
                acting = (target[0], actor[1]) if target[1] == place[1] else target
                if acting not in asked:
                    asked.add(acting)
                    waiting.append(acting)
    heirs: dict[str, set[str]] = {}
    for actor in asked:
        if actor[0] not in for_any and reach.home(actor) != actor:
            heirs.setdefault(actor[0], set()).add(actor[1])
    return {definition: frozenset(units) for definition, units in heirs.items()}
