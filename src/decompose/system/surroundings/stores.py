"""State outside of the tables that a split has to divide: cache keys, files, search indexes, sessions, queues, other databases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from decompose.facts import HOLE, Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame, Site
from decompose.linking.libraries import FILE_FIELDS
from decompose.linking.library_call import StoreUse
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Arguments, parameter_of
from decompose.system.calls.placement import Placement, without_inherited_copies
from decompose.system.model import BlindSpot, Resolution, Store, StoreAccess, StoreKind, StoreOperation, Table
from decompose.system.sql.templates import Templates

ALL = "*"
"""The name of a store that is touched as a whole."""

_DEPTH = 3
_MAX_NAMES = 6
"""A key that may be more than this is told by its callers only."""

_FIELD = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]|%[sdr]")
_TELLING = re.compile(r"\w")


class _Name(NamedTuple):
    """A name as far as it is known, with `HOLE` for what is not; ``direct``: it stands there as a constant."""

    text: str
    direct: bool


class Stores:
    """Collects stores and who touches them. A name that is not known is a blind spot, and an access to a store without a name."""

    def __init__(self, linked: Linked, placement: Placement, tables: Iterable[Table], arguments: Arguments) -> None:
        self.linked = linked
        self.tables = list(tables)
        self.table_of = {table.model: table.name for table in self.tables if table.model}
        self.placement = placement
        self.arguments = arguments
        self.templates = Templates(linked, self.arguments)
        self.accesses: list[StoreAccess] = []
        self.stores: list[Store] = []
        self.blind_spots: list[BlindSpot] = []
        self._calls: dict[tuple[int, int], list[Site]] | None = None
        self._frames: dict[int, Frame] | None = None

    def collect(self) -> None:
        """Find everything."""
        found: dict[tuple[str, str, str, str, str, int], StoreAccess] = {}
        spots: dict[tuple[str, int, str], BlindSpot] = {}
        for number, use in enumerate(self.linked.engine.store_uses):
            scope = use.site.frame.scope
            if scope.library or self.linked.seen.acts_unseen(scope, use.site.frame.receiver):
                continue
            assumed = number >= self.linked.engine.proved_store_uses
            for access in self._accesses(use, assumed=assumed):
                key = (access.definition, access.unit, access.kind, access.store, access.operation, access.line)
                known = found.get(key)
                if known is None or (known.resolution != "exact" and access.resolution == "exact"):
                    found[key] = access
                if not access.store:
                    reason = f"{access.operation} of a {access.kind} whose name is not known"
                    spots.setdefault(
                        (access.definition, access.line, reason),
                        BlindSpot(
                            kind="unknown store",
                            definition=access.definition,
                            file=access.file,
                            line=access.line,
                            reason=reason,
                        ),
                    )
        own = without_inherited_copies(
            found.values(),
            self.placement,
            lambda a: ((a.definition, f"{a.kind} {a.operation}", a.line), a.unit, a.store),
        )
        self.accesses = sorted(own, key=lambda a: (a.kind, a.store, a.definition, a.operation, a.line, a.unit))
        self.blind_spots = list(spots.values())
        self.stores = self._declared()

    def _declared(self) -> list[Store]:
        """The stores that something touches, and columns that hold the names of files."""
        stores: dict[tuple[str, str], Store] = {}
        for table in self.tables:
            for column in table.columns:
                if column.type in FILE_FIELDS:
                    name = f"{table.name}.{column.name}"
                    stores["files", name] = Store(
                        kind="files",
                        name=name,
                        table=table.name,
                        file=column.file or table.file,
                        line=column.line or table.line,
                    )
        for access in sorted(self.accesses, key=lambda a: (a.file, a.line)):
            if access.store:
                made = Store(kind=access.kind, name=access.store, file=access.file, line=access.line)
                stores.setdefault((access.kind, access.store), made)
        return [stores[key] for key in sorted(stores)]

    def _accesses(self, use: StoreUse, *, assumed: bool) -> Iterator[StoreAccess]:
        site, scope = use.site, use.site.frame.scope
        if not use.name:
            yield self._made(use, site, ALL, "exact", assumed=assumed)
            return
        if use.name[0] in "=.@":
            yield self._made(use, site, self._by_receiver(use), "exact", assumed=assumed)
            return
        refs = _arguments(use)
        names: dict[_Name, None] = {}
        for ref in refs:
            found = list(self._names(scope, ref, _DEPTH))
            names.update(dict.fromkeys(found or [_Name(HOLE, direct=False)]))
        if len(names) > _MAX_NAMES:
            names = {_Name(HOLE, direct=False): None}
        for name in names or {_Name(HOLE, direct=False): None}:
            shown = _shown(name.text)
            if shown:
                yield self._made(use, site, shown, "exact" if name.direct else "inferred", assumed=assumed)
                continue
            given = [pair for ref in refs for pair in self._given_by_callers(scope, ref)]
            if not given or len({text for _, text in given}) > _MAX_NAMES or any(not text for _, text in given):
                yield self._made(use, site, "", "inferred", assumed=assumed)
            else:
                for text in sorted({text for _, text in given}):
                    yield self._made(use, site, text, "inferred", assumed=assumed)
            for caller, text in given:
                if text:
                    yield self._made(use, caller, text, "inferred", assumed=assumed, through=scope)

    def _made(
        self,
        use: StoreUse,
        site: Site,
        name: str,
        resolution: Resolution,
        *,
        assumed: bool,
        through: Scope | None = None,
    ) -> StoreAccess:
        scope = site.frame.scope
        rule = use.function.definition
        if through is not None:
            rule = f"{rule}, named for {through.definition}"
        return StoreAccess(
            definition=scope.definition,
            kind=cast("StoreKind", use.kind),
            store=name,
            operation=cast("StoreOperation", use.operation),
            resolution="inferred" if assumed else resolution,
            rule=rule,
            file=scope.module.file,
            line=site.line,
            unit=self.placement.acting_unit(scope, site.frame.receiver),
        )

    # Names

    def _by_receiver(self, use: StoreUse) -> str:
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

    def _names(self, scope: Scope, ref: Ref, depth: int) -> Iterator[_Name]:
        """What a key may be, followed through names, additions, and functions that make it."""
        if isinstance(ref, str):
            yield _Name(self.templates.filled(scope, ref), direct=True)
        elif isinstance(ref, list):
            if ref[0] == "*":
                yield from self._names(scope, ref[1], depth)
            elif ref[0] == "c":
                for item in ref[1] if isinstance(ref[1], list) else [ref[1]]:
                    if isinstance(item, str):
                        yield _Name(item, direct=True)
        elif type(ref) is int and ref >= 0 and depth:
            yield from self._made_by(scope, ref, depth)

    def _made_by(self, scope: Scope, ref: int, depth: int) -> Iterator[_Name]:
        joined = [o for o in scope.operations_producing(ref) if o[0] == Op.COPY]
        if len(joined) > 1:
            for operation in joined:
                yield from self._names(scope, operation[2], depth - 1)
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
                yield _Name(constant, direct=True)
            return
        operation = origin.operation
        if operation[0] == Op.BINARY and operation[4] in ("add", "mod", "iadd"):
            for name in self._names(origin.scope, operation[2], depth - 1):
                text = _FIELD.sub(HOLE, name.text) if operation[4] == "mod" else name.text
                added = self._names(origin.scope, operation[3], depth - 1) if operation[4] != "mod" else iter(())
                for behind in list(added) or [_Name("" if operation[4] == "mod" else HOLE, direct=False)]:
                    yield _Name(text + behind.text, name.direct)
        elif operation[0] == Op.CONTAINER:
            for element in operation[3]:
                yield from self._names(origin.scope, element, depth - 1)
        elif operation[0] == Op.CALL:
            yield from self._returned(origin.scope, operation, depth)

    def _attribute_names(self, scope: Scope, asked: list[Any], depth: int) -> Iterator[_Name]:
        """What a constant or a property of an object may be, for each class that it may be of."""
        frame = self._frame_of(scope)
        if frame is None or type(asked[2]) is not int or asked[2] < 0:
            return
        for value in sorted(self.linked.engine.values_of(self.linked.engine.node_of(frame, asked[2]))):
            description = self.linked.values[value]
            if description[0] not in ("I", "C"):
                continue
            member = self.linked.hierarchy.member(self.linked.program.scopes[description[1]], asked[3])
            if member is None or member.ref is None or member.owner.library:
                continue
            function = self.linked.engine.function_of(member)
            if function is None:
                yield from self._names(member.owner, member.ref, depth - 1)
            elif function.facts.flavour == "property":
                for returned in function.facts.returns:
                    for name in self._names(function, returned, depth - 1):
                        yield _Name(name.text, direct=False)

    def _frame_of(self, scope: Scope) -> Frame | None:
        if self._frames is None:
            self._frames = {}
            for frame in self.linked.engine.frames:
                self._frames.setdefault(frame.scope.index, frame)
        return self._frames.get(scope.index)

    def _returned(self, scope: Scope, operation: list[Any], depth: int) -> Iterator[_Name]:
        """What a function that makes a key returns; of ``KEY.format(...)`` the text of ``KEY``."""
        sites = self._call_sites().get((scope.index, operation[1]), [])
        functions = sorted({target for site in sites for target, _, kind in site.targets if kind == "call"})
        for index in functions:
            function = self.linked.program.scopes[index]
            for returned in function.facts.returns if not function.library else ():
                for name in self._names(function, returned, depth - 1):
                    yield _Name(name.text, direct=False)
        if functions:
            return
        called = operation[2]
        for method in scope.operations_producing(called):
            if method[0] == Op.ATTRIBUTE and method[3] in ("format", "lower", "upper", "strip"):
                for name in self._names(scope, method[2], depth - 1):
                    yield _Name(_FIELD.sub(HOLE, name.text), name.direct)

    def _call_sites(self) -> dict[tuple[int, int], list[Site]]:
        if self._calls is None:
            self._calls = {}
            for site in self.linked.engine.sites:
                self._calls.setdefault((site.frame.scope.index, site.operation[1]), []).append(site)
        return self._calls

    def _given_by_callers(self, scope: Scope, ref: Ref) -> list[tuple[Site, str]]:
        """What callers give for a key that is a parameter, for each call; empty text where it is not known."""
        name = parameter_of(scope, ref)
        if not name:
            return []
        found = []
        for call in self.arguments.given(scope):
            given, site = call.argument(scope, name), call.site
            texts = {_shown(n.text) for n in self._names(site.frame.scope, given, _DEPTH - 1)} if given != -1 else set()
            found += [(site, text) for text in sorted(texts or {""})]
        return found


def _arguments(use: StoreUse) -> list[Ref]:
    """The arguments that a use is named by."""
    facts = use.function.facts
    names = [p[0] for p in facts.parameters]
    if use.name not in names:
        return []
    position = names.index(use.name)
    kind = facts.parameters[position][4]
    on_object = use.receiver >= 0 or facts.name == "__init__"
    position -= on_object and use.function.is_method and facts.flavour != "static"
    if kind == ParameterKind.STAR:
        return use.site.arguments[position:]
    if kind == ParameterKind.KEYWORD:
        position = -1
    ref = use.site.argument(position, use.name)
    return [] if ref == -1 else [ref]


def _shown(text: str) -> str:
    """A name for people: ``*`` stands for what is not known; nothing where nothing is."""
    shown = re.sub(r"\*+", "*", text.replace(HOLE, "*"))
    return shown if _TELLING.search(shown.replace("*", "")) else ""
