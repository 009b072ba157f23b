"""SQL text with holes, filled in as far as the program says what is put into them: constants, and what callers give."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.calls.arguments import Arguments, parameter_of
from decompose.system.calls.given_constants import leaves_out
from decompose.system.schema.tables import Schema
from decompose.system.sql.table_names import TableNames, naming_parameter, parameter_in, text_in, told_by_parameter

MAX_TELLING = 5_000
"""Of more calls than this that say the same parameters, the rest is left out."""

_MOST_FILLINGS = 64
"""Text that may be put together in more ways than this tells too little."""

Telling = tuple[Site | None, dict[str, str]]
"""A call, and the constants that it gives for parameters of the function that is called in the end; no call for its own defaults."""


class Templates:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, arguments: Arguments, schema: Schema) -> None:
        self.linked = linked
        self.arguments = arguments
        self._tables = TableNames(linked, schema)
        self._known: dict[tuple[int, frozenset[str]], list[Telling]] = {}
        self._makers: dict[str, list[Scope]] | None = None

    def filled(self, scope: Scope, text: str) -> str:
        """``text`` with the constants that its scope puts into it."""
        parts = scope.facts.templates.get(text)
        if parts is None:
            return text
        pieces = text.split(HOLE)
        found = [pieces[0]]
        for part, piece in zip(parts, pieces[1:], strict=True):
            constant = self._constant(scope, part)
            found += [HOLE if constant is None else constant, piece]
        return "".join(found)

    def makers(self, text: str) -> list[Scope]:
        """The functions that put ``text`` together; it may run in another one, which they give it to."""
        if self._makers is None:
            self._makers = {}
            for scope in self.linked.program.scopes:
                for made in scope.facts.templates if not scope.library else ():
                    self._makers.setdefault(made, []).append(scope)
        return self._makers.get(text, [])

    def filled_by_callers(self, function: Scope, text: str) -> Iterator[tuple[Site | None, str]]:
        """``text`` with the constants that callers give for parameters, for each call, and with the defaults if some leave them out.

        A caller that hands on a parameter of its own is not the one who says it: that is its caller. What a caller puts
        together stays a hole.
        """
        parts = self._parts_of(function, text)
        named = [told_by_parameter(function, part) for part in parts]
        if not any(named):
            return
        pieces = text.split(HOLE)
        for site, told in self._told(function, frozenset(filter(None, named))):
            found = [pieces[0]]
            for name, piece in zip(named, pieces[1:], strict=True):
                found += [told.get(name, HOLE), piece]
            yield site, "".join(found)

    def filled_by_classes(self, function: Scope, text: str) -> Iterator[tuple[Value, str]]:
        """``text`` with the constants that the classes of a method have for attributes of the object, for each class that acts."""
        owner = function.parent
        if owner is None or not function.is_method:
            return
        attributes = [_own_attribute(function, part) for part in self._parts_of(function, text)]
        for cls in (owner, *self.linked.hierarchy.subclasses.get(owner.index, ())) if any(attributes) else ():
            instance = self.linked.values.instance(cls.index)
            acting = self.linked.values.class_of(instance) if function.facts.flavour == "class" else instance
            if self.linked.seen.acts_unseen(function, acting):
                continue
            constants = [self._of_class(cls, attribute) if attribute else None for attribute in attributes]
            pieces = text.split(HOLE)
            filled = [HOLE if constant is None else constant for constant in constants]
            if filled.count(HOLE) < len(filled):
                yield acting, "".join(f"{piece}{part}" for piece, part in zip(pieces, [*filled, ""], strict=True))

    def filled_by_values(self, function: Scope, text: str) -> Iterator[str]:
        """``text`` with the names of each table that what is put into it may be."""
        ways = [sorted(self._tables.among(function, part)) or [HOLE] for part in self._parts_of(function, text)]
        pieces = text.split(HOLE)
        if all(names == [HOLE] for names in ways) or prod(len(names) for names in ways) > _MOST_FILLINGS:
            return
        for names in product(*ways):
            yield "".join(f"{piece}{name}" for piece, name in zip(pieces, [*names, ""], strict=True))

    def _of_class(self, cls: Scope, attribute: str) -> str | None:
        member = self.linked.hierarchy.member(cls, attribute)
        if member is None or member.ref is None:
            return None
        return self._constant(member.owner, member.ref)

    def _parts_of(self, function: Scope, text: str) -> list[Ref]:
        """What is put into the holes of a text that is filled in already, in their order."""
        original = next((t for t in function.facts.templates if self.filled(function, t) == text), None)
        parts = function.facts.templates[original] if original is not None else []
        return [part for part in parts if self._constant(function, part) is None]

    def _told(self, function: Scope, names: frozenset[str]) -> list[Telling]:
        """Constants for parameters of ``function``, and the call where the last of them is given."""
        key = (function.index, names)
        if key not in self._known:
            self._known[key] = []  # for a function that calls itself
            self._known[key] = self._find(function, names)
        return self._known[key]

    def _find(self, function: Scope, names: frozenset[str]) -> list[Telling]:
        found: dict[tuple[int, int, int, tuple[tuple[str, str], ...]], Telling] = {}

        def add(site: Site | None, told: dict[str, str]) -> None:
            at = (site.frame.scope.index, site.frame.receiver, site.line) if site is not None else (-1, -1, -1)
            found.setdefault((*at, tuple(sorted(told.items()))), (site, told))

        handing: dict[tuple[int, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]], Site] = {}
        for given in self.arguments.given_or_made(function):
            caller = given.site.frame.scope
            told: dict[str, str] = {}
            handed_on: dict[str, str] = {}
            listed: dict[str, list[str]] = {}
            refs = {name: given.argument(function, parameter_in(name)) for name in sorted(names)}
            for name, ref in refs.items():
                element = name.removeprefix(parameter_in(name))
                if ref == -1 and not element and leaves_out(given, function, name):
                    told |= self._default(function, name)
                    continue
                constant = None if ref == -1 or element else self._constant(caller, ref)
                if constant is not None:
                    told[name] = constant
                elif own := naming_parameter(caller, ref):
                    handed_on[name] = own + element
                elif element:
                    listed.setdefault(parameter_in(name), []).append(name)
                elif (table := self._tables.given(given.site, ref)) is not None:
                    told[name] = table
            for row in self._rows(caller, refs, listed):
                if handed_on:
                    handing[caller.index, tuple((told | row).items()), tuple(handed_on.items())] = given.site
                elif any(ref != -1 for ref in refs.values()):
                    add(given.site, told | row)
                elif told:
                    add(None, told)
            if len(found) > MAX_TELLING:
                break
        for (_, constants, parameters), hands in handing.items():
            for site, further in self._told(hands.frame.scope, frozenset(own for _, own in parameters)):
                add(site or hands, dict(constants) | {name: further[own] for name, own in parameters if own in further})
        return list(found.values())

    def _default(self, function: Scope, name: str) -> dict[str, str]:
        """The constant, if it is one, that a parameter stands for where a call gives nothing for it."""
        default = next(p[3] for p in function.facts.parameters if p[0] == name)
        around = function.parent
        text = self._constant(around, default) if around is not None and default is not None else None
        return {} if text is None else {name: text}

    def _rows(self, caller: Scope, refs: dict[str, Ref], listed: dict[str, list[str]]) -> list[dict[str, str]]:
        """The texts that elements of lists stand for, each element at a time; one way without any where there are no lists."""
        ways: list[dict[str, str]] = [{}]
        for names in listed.values():
            data = self.linked.names.constants.plain_data(caller, refs[names[0]])
            elements = data[:_MOST_FILLINGS] if isinstance(data, list) else []
            rows = [{name: text for name in names if (text := text_in(name, element))} for element in elements]
            ways = [way | row for way in ways[:_MOST_FILLINGS] for row in rows] or ways
        return ways

    def _constant(self, scope: Scope, ref: Ref) -> str | None:
        """The text of a constant that is known to the last letter."""
        constant = self.linked.constant(scope, ref)
        if len(set(self._tables.chosen(scope, ref))) > 1:
            return None
        if constant is None and not naming_parameter(scope, ref):
            tables = self._tables.among(scope, ref)
            return tables.pop() if len(tables) == 1 else None
        text = str(constant) if isinstance(constant, str | int) else HOLE
        return None if HOLE in text else text


def _own_attribute(method: Scope, ref: Ref) -> str:
    """The attribute of the object or class of a method that a ref is; empty for anything else."""
    asked = method.operations_producing(ref)
    if (
        len(asked) != 1
        or asked[0][0] != Op.ATTRIBUTE
        or not method.facts.parameters
        or method.facts.flavour == "static"
    ):
        return ""
    return str(asked[0][3]) if parameter_of(method, asked[0][2]) == method.facts.parameters[0][0] else ""
