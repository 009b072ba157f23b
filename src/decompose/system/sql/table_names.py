"""Names of tables that code asks objects for: ``orders.name`` of a Core table, ``Order.__tablename__``, ``model._meta.db_table``."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame, Site
from decompose.linking.making import members_written, says_values_itself
from decompose.linking.program import Scope
from decompose.system.calls.arguments import parameter_of
from decompose.system.schema.tables import Schema

_OF_A_TABLE = frozenset({"name", "fullname", "__tablename__", "__table__", "_meta", "db_table", "table_name"})
_MOST_ATTRIBUTES = 3
_MOST_COPIES = 6
_MOST_HELD = 16


class TableNames:
    """Answers for one linked program and its tables."""

    def __init__(self, linked: Linked, schema: Schema) -> None:
        self.linked = linked
        self.schema = schema

    def among(self, scope: Scope, ref: Ref) -> set[str]:
        """The tables whose names a ref may be, whatever calls the function."""
        named = asked_of(scope, ref)
        frames = self._frames.get(scope.index, ()) if type(named) is int and named >= 0 else ()
        asked = {table for frame in frames for table in self._tables(frame, named, plain=named == ref)}
        return asked or set(self.chosen(scope, ref)) or self._held(scope, ref)

    def _held(self, scope: Scope, ref: Ref) -> set[str]:
        """The constants that objects are made with for an attribute: ``kind.prefix`` of ``Kind("feed_")``; none where they are many.

        Of a member of an enumeration those that its class says.
        """
        asked = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
        if len(asked) != 1 or asked[0][0] != Op.ATTRIBUTE:
            return set()
        frames = self._frames.get(scope.index, ())
        nodes = [self.linked.engine.node_of(frame, asked[0][2]) for frame in frames]
        described = {self.linked.values[value][:2] for node in nodes for value in self.linked.engine.values_of(node)}
        classes = [self.linked.program.scopes[each[1]] for each in described if each[0] == "I"]
        found: set[str] = set()
        for cls in classes:
            for made in self._makings.get(cls.index, ()):
                text = self.linked.constant(made.frame.scope, _given_for(self._fields(cls), made, asked[0][3]))
                found.update([text] if isinstance(text, str) else [])
            if asked[0][3] == "value" and not says_values_itself(cls):
                texts = [self.linked.constant(*each) for each in members_written(self.linked.engine, cls)]
                found.update(text for text in texts if isinstance(text, str))
        return found if len(found) <= _MOST_HELD else set()

    def _fields(self, cls: Scope) -> list[str]:
        """What objects of a class are made with, in the order of the arguments."""
        own = self.linked.hierarchy.member(cls, "__init__")
        function = self.linked.engine.function_of(own)
        if function is not None and not function.library:
            return [str(parameter[0]) for parameter in function.facts.parameters[1:]]
        above = [each for each in reversed(self.linked.hierarchy.order(cls)) if not each.library]
        return list(dict.fromkeys(name for each in above for name in each.facts.annotations))

    @cached_property
    def _makings(self) -> dict[int, list[Site]]:
        """The calls that make objects of a class."""
        found: dict[int, list[Site]] = {}
        for site, classes in self.linked.constructions():
            for index in classes:
                found.setdefault(index, []).append(site)
        return found

    def chosen(self, scope: Scope, ref: Ref) -> list[str]:
        """The tables of which a ref is the name of one, as branches, a loop or a dictionary of constants say; none where it is other text too."""
        made = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
        texts = [operation[2] for operation in made if operation[0] == Op.COPY and isinstance(operation[2], str)]
        texts = texts if len(texts) == len(made) else self.linked.names.constants.listed(scope, ref)
        return texts if all(self.schema.resolve(text) for text in texts) else []

    def given(self, site: Site, ref: Ref) -> str | None:
        """The one table that an argument of a call is, or whose name it is."""
        named = asked_of(site.frame.scope, ref)
        tables = self._tables(site.frame, named, plain=False) if type(named) is int and named >= 0 else set()
        return tables.pop() if len(tables) == 1 else None

    def _tables(self, frame: Frame, ref: Ref, *, plain: bool) -> set[str]:
        """The tables of what a ref may be; in text without any attribute only a Core table is its name."""
        values = self.linked.engine.values_of(self.linked.engine.node_of(frame, ref))
        described = ((value, self.linked.values[value]) for value in values)
        return {
            table
            for value, description in described
            if description[0] in ("I", "C") and (not plain or self.linked.program.scopes[description[1]].library)
            for table in self.schema.tables_of_value(value)
        }

    @cached_property
    def _frames(self) -> dict[int, list[Frame]]:
        found: dict[int, list[Frame]] = {}
        for frame in self.linked.engine.frames:
            found.setdefault(frame.scope.index, []).append(frame)
        return found


def _given_for(fields: list[str], made: Site, name: str) -> Ref:
    """What a call that makes an object gives for an attribute; -1 where that is not told."""
    named: list[Ref] = [ref for keyword, ref in made.keywords if keyword == name]
    at = fields.index(name) if name in fields else len(made.arguments)
    positional = made.arguments[at] if at < len(made.arguments) else -1
    return named[0] if named else positional


def asked_of(scope: Scope, ref: Ref) -> Ref:
    """What is asked for the name of its table; the ref itself where nothing is."""
    for _ in range(_MOST_ATTRIBUTES):
        asked = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
        if len(asked) != 1 or asked[0][0] != Op.ATTRIBUTE or asked[0][3] not in _OF_A_TABLE:
            break
        ref = asked[0][2]
    return ref


def naming_parameter(function: Scope, ref: Ref) -> str:
    """The parameter of a function that a ref is, or is the name of the table of; empty if it is neither."""
    return parameter_of(function, asked_of(function, ref))


def told_by_parameter(function: Scope, ref: Ref) -> str:
    """The parameter that a ref is, as `naming_parameter` says; of what a loop takes from one, ``tables[]`` or ``tables[][0]``."""
    name, part = naming_parameter(function, ref), ""
    for _ in range(_MOST_COPIES) if not name else ():
        made = function.operations_producing(ref)
        match made[0] if len(made) == 1 else None:
            case [Op.COPY, _, ref, *_]:
                pass
            case [Op.ITEM, _, ref, [_, int(position)], *_] if not part and position >= 0:
                part = f"[{position}]"
            case [Op.ITERATE, _, looped, *_]:
                name = parameter_of(function, looped)
                return f"{name}[]{part}" if name else ""
            case _:
                break
    return name


def parameter_in(name: str) -> str:
    """The parameter itself in what `told_by_parameter` gives."""
    return name.partition("[")[0]


def text_in(name: str, row: Any) -> str:
    """What stands in an element of a list in the place that `told_by_parameter` says; nothing where it is no text."""
    position = name.partition("[]")[2].strip("[]")
    if position and isinstance(row, list) and int(position) < len(row):
        row = row[int(position)]
    return row if isinstance(row, str) else ""
