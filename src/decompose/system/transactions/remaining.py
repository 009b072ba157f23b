"""Which lines of a function may still be about a table: by the frames of the one who acts, and by what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decompose.linking.frames import Frame
from decompose.system.calls.placement import Placement
from decompose.system.transactions.brought import Brought
from decompose.system.transactions.choices import Choices
from decompose.system.transactions.narrowed import Actor, number_of, plain
from decompose.system.transactions.telling import TellingParameters


class Remaining:
    """Answers for one linked program, each found once."""

    def __init__(self, placement: Placement, brought: Brought, parameters: TellingParameters, choices: Choices) -> None:
        self._placement = placement
        self._brought = brought
        self._parameters = parameters
        self._choices = choices
        self._may: dict[tuple[Actor, int, str, bool], bool] = {}
        self._told: dict[tuple[str, int, str, bool], bool] = {}
        self._frames: dict[Actor, list[Frame]] = {}

    def may_be_about(self, actor: Actor, line: int, table: str, *, follows: bool) -> bool:
        """Whether a table may be what a line is about, or ``follows`` from that, with what an actor is given."""
        key = (actor, line, table, follows)
        known = self._may.get(key)
        if known is None:
            known = self._may[key] = self._find(actor, line, table, follows=follows)
        return known

    def ruled_out(self) -> Iterator[tuple[Actor, int, str, bool]]:
        """What was asked for so far and may not be."""
        return (key for key, may in self._may.items() if not may)

    def frames_of(self, actor: Actor) -> list[Frame]:
        """The frames that are for an actor, or for all who inherit where it has none of its own."""
        known = self._frames.get(actor)
        if known is None:
            known = self._frames[actor] = self._frames_among(actor, self._parameters.frames.get(actor[0], ()))
        return known

    def of_given_object(self, actor: Actor, frames: Sequence[Frame]) -> list[int]:
        """The positions of the frames whose object is the one that an actor is given; none where that is not told."""
        given = self._given_object(actor, frames)
        if given is None:
            return []
        return [at for at, f in enumerate(frames) if not given.isdisjoint(self._brought.tables.of_value(f.receiver))]

    def _find(self, actor: Actor, line: int, table: str, *, follows: bool) -> bool:
        choice = dict(self._choices.of(actor))
        for frame in self.frames_of(actor):
            brought = self._brought.on_line(frame, line)
            origins = self._brought.origins(table, brought, follows=follows)
            if any(self._brought.related.comes_in(origin, brought[origin], choice) for origin in origins):
                return True
        # Nothing that comes in is seen to be a reason for any of the callers.
        return not self._is_told(actor[0], line, table, follows=follows)

    def _is_told(self, definition: str, line: int, table: str, *, follows: bool) -> bool:
        key = (definition, line, table, follows)
        known = self._told.get(key)
        if known is None:
            known = self._told[key] = any(
                True
                for frame in self._parameters.frames.get(definition, ())
                for _ in self._brought.origins(table, self._brought.on_line(frame, line), follows=follows)
            )
        return known

    def _frames_among(self, actor: Actor, frames: Sequence[Frame]) -> list[Frame]:
        unit = plain(actor)[1]
        own = [f for f in frames if self._placement.acting_in(f) == unit] or list(frames)
        return [own[at] for at in self.of_given_object(actor, own)] or own

    def _given_object(self, actor: Actor, frames: Sequence[Frame]) -> frozenset[str] | None:
        """The tables of the object that an actor's method is of, where what it is given tells."""
        if not frames or number_of(actor) < 0:
            return None
        scope = frames[0].scope
        names = scope.parameter_names()
        return dict(self._choices.of(actor)).get(names[scope.facts.parameters[0][1]]) if names else None
