"""State outside of the tables that a split has to divide: cache keys, files, search indexes, sessions, queues, other databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import cast

from decompose.facts import HOLE
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.effects_noted import StoreUse
from decompose.linking.frames import Site
from decompose.linking.libraries import FILE_FIELDS
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.placement import Placement, without_inherited_copies
from decompose.system.model import BlindSpot, Resolution, Store, StoreAccess, StoreKind, StoreOperation, Table
from decompose.system.surroundings.store_names import Name, StoreNames, last_part, shown

ALL = "*"
"""The name of a store that is touched as a whole."""

_MAX_NAMES = 6
"""A key that may be more than this is told by its callers only."""

_UNKNOWN = Name(HOLE, direct=False)
_WRITING = re.compile("[wax+]")


class Stores:
    """Collects stores and who touches them. A name that is not known is a blind spot, and an access to a store without a name."""

    def __init__(self, linked: Linked, placement: Placement, tables: Iterable[Table], arguments: Arguments) -> None:
        self.linked = linked
        self.tables = list(tables)
        self.placement = placement
        self.names = StoreNames(linked, self.tables, arguments)
        self.accesses: list[StoreAccess] = []
        self.stores: list[Store] = []
        self.blind_spots: list[BlindSpot] = []

    def collect(self) -> None:
        """Find everything."""
        found: dict[tuple[str, str, str, str, str, int], StoreAccess] = {}
        for access in self._all():
            key = (access.definition, access.unit, access.kind, access.store, access.operation, access.line)
            known = found.get(key)
            if known is None or (known.resolution != "exact" and access.resolution == "exact"):
                found[key] = access
        own = without_inherited_copies(
            found.values(),
            self.placement,
            lambda a: ((a.definition, f"{a.kind} {a.operation}", a.line), a.unit, a.store),
        )
        self.accesses = sorted(own, key=lambda a: (a.kind, a.store, a.definition, a.operation, a.line, a.unit))
        spots = {(a.definition, a.line, a.operation, a.kind): _unknown(a) for a in found.values() if not a.store}
        self.blind_spots = list(spots.values())
        self.stores = self._declared()

    def _all(self) -> Iterator[StoreAccess]:
        """What all uses touch; where several objects may act, those of which the names are known count."""
        told: list[tuple[StoreUse, StoreAccess]] = []
        uses = self.linked.engine.store_uses
        for number, use in enumerate(uses.found):
            scope = use.site.frame.scope
            if scope.library or self.linked.seen.acts_unseen(scope, use.site.frame.receiver):
                continue
            assumed = number >= uses.proved
            told += ((use, access) for access in self._accesses(use, assumed=assumed))
        named = {(id(use.site), use.operation) for use, access in told if "~" in use.name and access.store}
        for use, access in told:
            if access.store or "~" not in use.name or (id(use.site), use.operation) not in named:
                yield access

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
                held_by = self.names.holding.get(access.store, "") if access.kind == "files" else ""
                made = Store(kind=access.kind, name=access.store, table=held_by, file=access.file, line=access.line)
                stores.setdefault((access.kind, access.store), made)
        return [stores[key] for key in sorted(stores)]

    def _accesses(self, use: StoreUse, *, assumed: bool) -> Iterator[StoreAccess]:
        """What one use touches: under names that the summary tells, that arguments give, or that the object was made with."""
        told = partial(self._made, use, assumed=assumed)
        if not use.name:
            yield from told(use.site, ALL, "exact")
        elif use.name[0] in "=.@":
            yield from told(use.site, self.names.by_receiver(use), "exact")
        elif refs := _arguments(use):
            yield from self._given(use, refs, told)
        elif not use.acting or use.named >= 0:
            names = self.names.of_receiver(use)
            for name in names if 0 < len(names) <= _MAX_NAMES else (_UNKNOWN,):
                yield from told(use.site, shown(name.text), "exact" if name.direct else "inferred")

    def _given(
        self, use: StoreUse, refs: list[Ref], told: Callable[..., Iterator[StoreAccess]]
    ) -> Iterator[StoreAccess]:
        """What is touched under the names that arguments give; where callers say them, they touch it too."""
        site, scope, names = use.site, use.site.frame.scope, self.names.of(use.site.frame.scope, refs, use.site.frame)
        for name in names if len(names) <= _MAX_NAMES else (_UNKNOWN,):
            text = shown(name.text)
            if text:
                yield from told(site, text, "exact" if name.direct else "inferred")
                continue
            given = [pair for ref in refs for pair in self.names.given_by_callers(scope, ref)]
            texts = {text for _, text in given}
            for text in sorted(texts) if "" not in texts and 0 < len(texts) <= _MAX_NAMES else ("",):
                yield from told(site, text, "inferred")
            for caller, text in given:
                if text:
                    yield from told(caller, text, "inferred", through=scope)

    def _made(
        self,
        use: StoreUse,
        site: Site,
        name: str,
        resolution: Resolution,
        *,
        assumed: bool,
        through: Scope | None = None,
    ) -> Iterator[StoreAccess]:
        rule = use.function.definition
        if through is not None:
            rule = f"{rule}, named for {through.definition}"
        for scope, line, receiver in self._acting(use, site):
            yield StoreAccess(
                definition=scope.definition,
                kind=cast("StoreKind", use.kind),
                store=last_part(name) if use.kind == "queue" else name,
                operation=self._operation(use),
                resolution="inferred" if assumed else resolution,
                rule=rule,
                file=scope.module.file,
                line=line,
                unit=self.placement.acting_unit(scope, receiver),
            )

    def _acting(self, use: StoreUse, site: Site) -> Iterator[tuple[Scope, int, Value]]:
        """Who does it, and where: whoever calls, or the function that the call is given."""
        if not use.acting:
            yield site.frame.scope, site.line, site.frame.receiver
            return
        for ref in _argument(use, use.acting):
            for value in sorted(self.linked.argument_values(site, ref)):
                described = self.linked.values[value]
                function = self.linked.program.scopes[described[1]] if described[0] == "F" else None
                if function is not None and not function.library:
                    yield function, site.line, -1

    def _operation(self, use: StoreUse) -> StoreOperation:
        """What is done; to open is to read or write, as the mode says."""
        if use.operation != "open":
            return cast("StoreOperation", use.operation)
        modes = (self.linked.constant(use.site.frame.scope, ref) for ref in _argument(use, "mode"))
        return "write" if any(isinstance(mode, str) and _WRITING.search(mode) for mode in modes) else "read"


def _arguments(use: StoreUse) -> list[Ref]:
    """The arguments that a use is named by: the first of those that its summary names which is given and not empty."""
    for name in use.name.partition("~")[0].split():
        found = _argument(use, name)
        if found and found not in ([""], [["c", ""]]):
            return found
    return []


def _argument(use: StoreUse, name: str) -> list[Ref]:
    facts = use.function.facts
    names = [p[0] for p in facts.parameters]
    if name not in names:
        return []
    position = names.index(name)
    kind = facts.parameters[position][4]
    on_object = use.receiver >= 0 or facts.name == "__init__"
    position -= on_object and use.function.is_method and facts.flavour != "static"
    if kind == ParameterKind.STAR:
        return use.site.arguments[position:]
    if kind == ParameterKind.KEYWORD:
        position = -1
    ref = use.site.argument(position, name)
    return [] if ref == -1 else [ref]


def _unknown(access: StoreAccess) -> BlindSpot:
    kind = access.kind if access.kind.endswith("s") else f"a {access.kind}"
    return BlindSpot(
        kind="unknown store",
        definition=access.definition,
        file=access.file,
        line=access.line,
        reason=f"{access.operation} of {kind} whose name is not known",
    )
