"""What the key, file, index or queue is called that a call touches, as far as the code tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.effects_noted import StoreUse
from decompose.linking.frames import Frame, Site
from decompose.linking.program import Scope
from decompose.linking.settings_asked import setting_name
from decompose.system.calls.arguments import Arguments, parameter_of
from decompose.system.model import Table
from decompose.system.surroundings.store_getters import NOTHING_BOUND, Bound, Getters

_DEPTH = 4

_FIELD = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]|%[sdr]")
_TELLING = re.compile(r"\w")
_FULL_NAME = re.compile(r"(?:\w+://|arn:|projects/).*[/:]([^/:]*\w[^/:]*)")
_WHOLE_SETTING = re.compile(r"\$[\w.]+")


class Name(NamedTuple):
    """A name as far as it is known, with `HOLE` for what is not; ``direct``: it stands there as a constant."""

    text: str
    direct: bool


class StoreNames:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, tables: list[Table], arguments: Arguments) -> None:
        self.linked = linked
        self.table_of = {table.model: table.name for table in tables if table.model}
        self.columns = {(t.model, c.name): f"{t.name}.{c.name}" for t in tables if t.model for c in t.columns}
        """Class and attribute -> the column whose values are the names."""
        self.holding = {column: column.rpartition(".")[0] for column in self.columns.values()}
        self.arguments = arguments
        self._calls: dict[tuple[int, int], list[Site]] | None = None
        self._frames: dict[int, list[Frame]] | None = None
        self._asked: Frame | None = None
        self._set: dict[int, dict[str, list[tuple[Scope, Ref]]]] = {}
        self._bound = NOTHING_BOUND
        self._known: dict[tuple[int, str | int, int], list[Name]] = {}
        """What was found out for the question that is asked: many ways lead to the same place."""

    def of(
        self, scope: Scope, refs: Iterable[Ref], frame: Frame | None = None, bound: Bound = NOTHING_BOUND
    ) -> dict[Name, None]:
        """What these arguments of a call in this frame may be, where parameters are ``bound`` to something; `HOLE` alone stands for one of which nothing is known."""
        self._asked, self._bound, self._known = frame, bound, {}
        names: dict[Name, None] = {}
        for ref in refs:
            found = self._names(scope, ref, _DEPTH + len(bound))
            names.update(dict.fromkeys(found or [Name(HOLE, direct=False)]))
        return names

    def of_receiver(self, use: StoreUse) -> dict[Name, None]:
        """What the object was made or got with that acts; `HOLE` for what is a parameter that several give."""
        scope, ref = self.linked.engine.store_uses.names_given.get(use.named, (None, -1))
        if scope is None:
            return {}
        # Kept, it would refer to what refers to it, and keep the linked program until garbage is collected.
        getters = Getters(self.linked, self._sites_of, self._set_by)
        ways = getters.ways(use.site, scope)
        found: dict[Name, None] = {}
        for bound in ways or (NOTHING_BOUND,):
            found |= self.of(scope, [ref], bound=bound)
        if not ways and any(not shown(name.text) for name in found):
            given = {text for _, text in self.given_by_callers(scope, ref)}
            found = dict.fromkeys(name for name in found if shown(name.text)) | dict.fromkeys(
                Name(text or HOLE, direct=False) for text in sorted(given or {""})
            )
        return found

    def _sites_of(self, scope: Scope, node: int) -> list[Site]:
        return self._call_sites().get((scope.index, node), [])

    def by_receiver(self, use: StoreUse) -> str:
        """A name that the summary, the receiver's class, or the attribute that the receiver was got by tells."""
        way, name = use.name[0], use.name[1:]
        if way == "=":
            return name
        if way == "." and use.receiver >= 0:
            description = self.linked.values[use.receiver]
            return (
                self._class_constant(self.linked.program.scopes[description[1]], name) if description[0] in "IC" else ""
            )
        return self._attribute(use.site) if way == "@" else ""

    def _class_constant(self, cls: Scope, path: str) -> str:
        first, _, rest = path.partition(".")
        member = self.linked.hierarchy.member(cls, first)
        if member is None or member.ref is None or member.owner.library:
            return ""
        if not rest:
            constant = self.linked.constant(member.owner, member.ref)
            return constant if isinstance(constant, str) else ""
        for value in sorted(self.linked.attribute_values(cls, first)):
            description = self.linked.values[value]
            if description[0] == "C":
                return self._class_constant(self.linked.program.scopes[description[1]], rest)
        return ""

    def _attribute(self, site: Site) -> str:
        """``table.column`` of ``row.column.save(...)``."""
        frame, scope = site.frame, site.frame.scope
        called = site.operation[2]
        for method in scope.operations_producing(called):
            asked = self.linked.origin(scope, method[2]) if method[0] == Op.ATTRIBUTE else None
            if asked is None or asked.scope is not scope or asked.operation[0] != Op.ATTRIBUTE:
                continue
            for value in sorted(self.linked.engine.values_of(self.linked.engine.node_of(frame, asked.operation[2]))):
                description = self.linked.values[value]
                if description[0] == "I" and not self.linked.program.scopes[description[1]].library:
                    return f"{self._holder(self.linked.program.scopes[description[1]])}.{asked.operation[3]}"
        return ""

    def _holder(self, cls: Scope) -> str:
        return self.table_of.get(cls.definition, cls.definition)

    def _names(self, scope: Scope, ref: Ref, depth: int) -> list[Name]:
        """What a key may be, followed through names, additions, and functions that make it."""
        if isinstance(ref, list):
            if ref[0] == "*":
                return self._names(scope, ref[1], depth)
            items = [] if ref[0] != "c" else ref[1] if isinstance(ref[1], list | dict) else [ref[1]]
            return [Name(item, direct=True) for item in items if isinstance(item, str)]
        known = self._known.get((scope.index, ref, depth))
        if known is None:
            if isinstance(ref, str):
                known = [self._filled(scope, ref, depth)]
            else:
                known = list(self._followed(scope, ref, depth)) if ref >= 0 and depth else []
            self._known[scope.index, ref, depth] = known
        return known

    def _followed(self, scope: Scope, ref: int, depth: int) -> Iterator[Name]:
        bound = self._bound.get((scope.index, parameter_of(scope, ref))) if self._bound else None
        return self._made_by(scope, ref, depth) if bound is None else self._given_as(*bound, depth)

    def _given_as(self, home: Scope, ref: Ref, depth: int) -> Iterator[Name]:
        """What is given for a parameter, itself or, where that is one as well, by the callers."""
        for name in self._names(home, ref, depth - 1):
            yield Name(name.text, direct=False)
        for _, text in self.given_by_callers(home, ref, depth - 1):
            yield Name(text or HOLE, direct=False)

    def _filled(self, scope: Scope, text: str, depth: int) -> Name:
        """A text with what is put into it, as far as that is one name."""
        pieces, parts = text.split(HOLE), scope.facts.templates.get(text, [])
        if len(parts) != len(pieces) - 1:
            return Name(text, direct=True)
        filled, direct = [pieces[0]], True
        for part, piece in zip(parts, pieces[1:], strict=True):
            constant = self.linked.constant(scope, part)
            if isinstance(constant, str | int):
                filled += [str(constant), piece]
                continue
            names = self._names(scope, part, depth - 1) if depth else []
            filled += [self._as_part(names[0]) if len(names) == 1 else HOLE, piece]
            direct = direct and filled[-2] == HOLE
        return Name("".join(filled), direct)

    def _as_part(self, name: Name) -> str:
        """A name inside of a longer one: what a column says differs from row to row."""
        if name.text in self.holding:
            return HOLE
        return f"${{{name.text[1:]}}}" if _WHOLE_SETTING.fullmatch(name.text) else name.text

    def _made_by(self, scope: Scope, ref: int, depth: int) -> Iterator[Name]:
        joined = [o for o in scope.operations_producing(ref) if o[0] == Op.COPY]
        if len(joined) > 1:
            for operation in joined:
                found = self._names(scope, operation[2], depth - 1)
                given = [] if found else self.given_by_callers(scope, operation[2], depth - 1)
                yield from found or [Name(text or HOLE, direct=False) for _, text in given]
            return
        asked = next((o for o in scope.operations_producing(ref) if o[0] == Op.ATTRIBUTE), None)
        if asked is not None:
            found = list(self._attribute_names(scope, asked, depth))
            if found:
                yield from found
                return
        origin = self.linked.origin(scope, ref)
        if origin is None:
            constant = self.linked.constant(scope, ref)
            if isinstance(constant, str):
                yield Name(constant, direct=True)
            return
        setting = setting_name(origin.scope, origin.operation)
        if setting:
            yield Name(f"${setting}", direct=False)
            return
        operation = origin.operation
        if operation[0] == Op.BINARY and operation[4] in ("add", "mod", "iadd"):
            for name in self._names(origin.scope, operation[2], depth - 1):
                text = _FIELD.sub(HOLE, name.text) if operation[4] == "mod" else self._as_part(name)
                added = self._names(origin.scope, operation[3], depth - 1) if operation[4] != "mod" else []
                for behind in added or [Name("" if operation[4] == "mod" else HOLE, direct=False)]:
                    yield Name(text + self._as_part(behind), name.direct)
        elif operation[0] == Op.CONTAINER:
            for element in (operation[4] or []) if operation[2] == "dict" else operation[3]:
                yield from self._names(origin.scope, element, depth - 1)
        elif operation[0] == Op.CALL:
            yield from self._returned(origin.scope, operation, depth)

    def _attribute_names(self, scope: Scope, asked: list[Any], depth: int) -> Iterator[Name]:
        """What a constant or a property of an object may be, for each class that it may be of."""
        if type(asked[2]) is not int or asked[2] < 0:
            return
        engine, frames = self.linked.engine, self._frames_of(scope)
        held = {value for frame in frames for value in engine.values_of(engine.node_of(frame, asked[2]))}
        for value in sorted(held):
            description = self.linked.values[value]
            if description[0] not in ("I", "C"):
                continue
            cls = self.linked.program.scopes[description[1]]
            member = self.linked.hierarchy.member(cls, asked[3])
            column = self.columns.get((cls.definition, asked[3]))
            if column is not None:
                yield Name(column, direct=False)
                continue
            if member is None or member.ref is None:
                yield from self._put_on(cls, asked[3], depth)
                continue
            if member.owner.library:
                continue
            function = self.linked.engine.function_of(member)
            if function is None:
                yield from self._names(member.owner, member.ref, depth - 1)
            elif function.facts.flavour == "property":
                for returned in function.facts.returns:
                    for name in self._names(function, returned, depth - 1):
                        yield Name(name.text, direct=False)

    def _put_on(self, cls: Scope, attribute: str, depth: int) -> Iterator[Name]:
        """What the methods of a class put on the object as this attribute; of what ``__init__`` is given, what its callers give."""
        for ancestor in self.linked.hierarchy.order(cls):
            if ancestor.library:
                continue
            for method, ref in self._set_by(ancestor).get(attribute, ()):
                for name in self._names(method, ref, depth - 1):
                    yield Name(name.text, direct=False)
                for _, text in self.given_by_callers(method, ref, depth - 1) if method.facts.name == "__init__" else ():
                    yield Name(text or HOLE, direct=False)

    def _set_by(self, cls: Scope) -> dict[str, list[tuple[Scope, Ref]]]:
        """The attributes that the methods of a class set on the object that they act for."""
        known = self._set.get(cls.index)
        if known is None:
            known = self._set[cls.index] = {}
            for method in cls.module.scopes:
                if method.parent is not cls or not method.is_method or not method.facts.parameters:
                    continue
                own = method.facts.parameters[0][1]
                for operation in method.facts.ops:
                    if operation[0] == Op.SET_ATTRIBUTE and operation[1] == own:
                        known.setdefault(operation[2], []).append((method, operation[3]))
        return known

    def _frames_of(self, scope: Scope) -> list[Frame]:
        """The frame of the call that is asked about, else all of a scope."""
        if self._asked is not None and self._asked.scope is scope:
            return [self._asked]
        if self._frames is None:
            self._frames = {}
            for frame in self.linked.engine.frames:
                self._frames.setdefault(frame.scope.index, []).append(frame)
        return self._frames.get(scope.index, [])

    def _returned(self, scope: Scope, operation: list[Any], depth: int) -> Iterator[Name]:
        """What a function that makes a key returns; of ``KEY.format(...)`` the text of ``KEY``."""
        sites = self._call_sites().get((scope.index, operation[1]), [])
        functions = sorted({target for site in sites for target, _, kind in site.targets if kind == "call"})
        for index in functions:
            function = self.linked.program.scopes[index]
            for returned in function.facts.returns if not function.library else ():
                for name in self._names(function, returned, depth - 1):
                    yield Name(name.text, direct=False)
        if functions:
            return
        called = operation[2]
        for method in scope.operations_producing(called):
            if method[0] == Op.ATTRIBUTE and method[3] in ("format", "lower", "upper", "strip"):
                for name in self._names(scope, method[2], depth - 1):
                    yield Name(_FIELD.sub(HOLE, name.text), name.direct)

    def _call_sites(self) -> dict[tuple[int, int], list[Site]]:
        if self._calls is None:
            self._calls = {}
            for site in self.arguments.sites_of_calls():
                self._calls.setdefault((site.frame.scope.index, site.operation[1]), []).append(site)
        return self._calls

    def given_by_callers(self, scope: Scope, ref: Ref, depth: int = _DEPTH) -> list[tuple[Site, str]]:
        """What callers give for a key that is a parameter, or its default, for each call; empty text where it is not known."""
        name = parameter_of(scope, ref)
        if not name or not depth:
            return []
        default = next(p[3] for p in scope.facts.parameters if p[0] == name)
        found = []
        for call in self.arguments.given_or_made(scope):
            home, given = call.site.frame.scope, call.argument(scope, name)
            if given == -1 and default is not None and scope.parent is not None:
                home, given = scope.parent, default
            names = [] if given == -1 else self._names(home, given, depth - 1)
            texts = {shown(name.text) for name in names} or ({""} if given != ["c", None] else set())
            found += [(call.site, text) for text in sorted(texts)]
        return found


def shown(text: str) -> str:
    """A name for people: ``*`` stands for what is not known; nothing where nothing is."""
    name = re.sub(r"\*+", "*", text.replace(HOLE, "*"))
    return name if _TELLING.search(name.replace("*", "")) else ""


def last_part(name: str) -> str:
    """Of the full name or the address of a queue what tells it from others: some code says one, and some the other."""
    found = _FULL_NAME.fullmatch(name)
    return found[1] if found else name
