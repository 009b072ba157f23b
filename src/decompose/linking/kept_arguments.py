"""Calls of what ``partial`` made: as if what it kept stood in the call, with the arguments that it kept in front."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.effects import effects_of
from decompose.linking.frames import Frame, Site
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given, Origin
from decompose.linking.program import Scope
from decompose.linking.wiring import own_frame

KEEPING = "supplies"


class KeptArguments:
    """What the calls of one linked program call that was made with some of its arguments."""

    def __init__(self, makers: Makers) -> None:
        self.makers = makers
        self._linked = makers.linked
        self._keeps: dict[int, bool] = {}

    def sites(self, site: Site) -> Iterator[tuple[Site, Given]]:
        """The call with what was kept put in, for each that it may be, and what is settled then; itself where it calls none.

        Where what was kept stands elsewhere than the call, that call has no arguments of its own.
        """
        scope, found = site.frame.scope, False
        direct = next(iter(scope.attributes_read(site.operation[2])), None) is not None
        for made, given in () if direct or site.kind != "call" else self.makers.of(scope, site.operation[2]):
            beside = made.scope is scope
            if self._is_kept(made) and (beside or not (site.arguments or site.keywords)):
                found = True
                yield (
                    self._joined(made, site, site.frame if beside else own_frame(self._linked.engine, made.scope)),
                    given,
                )
        if not found:
            yield site, NOTHING

    def _joined(self, made: Origin, site: Site, frame: Frame) -> Site:
        kept: list[Any] = made.operation
        positional = [*kept[3][1:], *site.arguments]
        said = {keyword for keyword, _ in site.keywords}
        named = [*(pair for pair in kept[4] if pair[0] not in said), *site.keywords]
        call = Site(
            frame, [Op.CALL, site.operation[1], kept[3][0], positional, named, site.line], site.kind, site.index
        )
        call.arguments, call.keywords = positional, named
        return call

    def _is_kept(self, made: Origin) -> bool:
        """Whether a call keeps a library's function, its first argument, with the arguments behind it."""
        if made.operation[0] != Op.CALL or not made.operation[3]:
            return False
        if any(not function.library for function in self._functions(made.scope, made.operation[3][0])):
            return False  # who calls one of the application's own is asked otherwise
        return any(self._keeps_arguments(function) for function in self._functions(made.scope, made.operation[2]))

    def _functions(self, scope: Scope, ref: Ref) -> Iterator[Scope]:
        linked = self._linked
        described = (linked.values[value] for value in linked.names.evaluate(scope, ref))
        return (linked.program.scopes[d[1]] for d in described if d[0] == "F")

    def _keeps_arguments(self, function: Scope) -> bool:
        known = self._keeps.get(function.index)
        if known is None:
            effects = effects_of(self._linked.engine, function) if function.library else []
            known = any(effect == KEEPING and len(arguments) == 1 for effect, arguments in effects)
            self._keeps[function.index] = known
        return known
