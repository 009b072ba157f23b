"""Columns and keys as operations of migrations declare them, from the facts of a file: Django's fields, Alembic's columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from decompose.facts import HOLE, Op, ScopeFacts
from decompose.linking.libraries import sql_types
from decompose.system.model import Column, ForeignKey
from decompose.system.schema.migration_calls import argument

_KEYS = frozenset({"ForeignKey", "OneToOneField"})
_GENERATED = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
_OF_TABLES = frozenset({"items", "keys", "values"})


class Declared(NamedTuple):
    """A field or column: what it is in the database, and what it points to (``table`` or ``table.column``, or a model)."""

    column: Column
    target: str = ""
    on_delete: str = ""
    many: bool = False


class Calls:
    """The calls of one scope, and what their arguments are; ``constants`` are those of its module, by name."""

    def __init__(self, scope: ScopeFacts, file: str, constants: Mapping[str, Any] = MappingProxyType({})) -> None:
        self.file = file
        self._constants = constants
        self._templates = scope.templates
        self.made = {operation[1]: operation for operation in scope.ops if _has_result(operation)}

    def constant(self, ref: Any, seen: frozenset[int] = frozenset()) -> Any:
        """The plain value of an argument; None where it is not constant, as where names of a loop are set from each other."""
        if isinstance(ref, str):
            return ref
        if isinstance(ref, list) and ref and ref[0] == "c":
            return ref[1]
        made = self.made.get(ref) if type(ref) is int and ref not in seen else None
        if made is None:
            return None
        seen |= {ref}
        if made[0] == Op.COPY:
            return self.constant(made[2], seen)
        if made[0] == Op.FREE and type(self._constants.get(made[2])) is not int:
            return self.constant(self._constants.get(made[2]), seen)
        return [self.constant(part, seen) for part in made[3]] if made[0] == Op.CONTAINER else None

    def keyword(self, call: list[Any], name: str, position: int = -1) -> Any:
        """The constant argument of a call, by keyword or position."""
        return self.constant(argument(call, name, position))

    def texts(self, ref: Any) -> list[str]:
        """The text that an argument is, or each of those that it is in turn, in a loop over constants; empty where one is unknown."""
        found = self._in_turn(ref)
        texts = [text for each in found for text in (self._filled(each) if isinstance(each, str) else [None])]
        return [text for text in texts if text is not None] if None not in texts else []

    def _in_turn(self, ref: Any) -> list[Any]:
        """What a value is, one after the other, in loops over lists, tables, and tuples in them."""
        made = self.made.get(ref) if type(ref) is int else None
        if made is not None and made[0] == Op.ITERATE:
            return self._elements(made[2])
        if made is not None and made[0] == Op.ITEM:
            place = self.constant(made[3])
            whole = self._in_turn(made[2])
            if type(place) is int and all(isinstance(each, list | tuple) and place < len(each) for each in whole):
                return [each[place] for each in whole]
        return [self.constant(ref)]

    def _elements(self, ref: Any) -> list[Any]:
        call = self.call(ref)
        asked = self.made.get(call[2]) if call is not None and type(call[2]) is int and not call[3] else None
        if asked is not None and asked[0] == Op.ATTRIBUTE:
            table = self.constant(asked[2])
            return list(getattr(table, asked[3])()) if isinstance(table, dict) and asked[3] in _OF_TABLES else []
        found = self.constant(ref)
        return list(found) if isinstance(found, list | tuple | dict) else []

    def _filled(self, text: str) -> list[str | None]:
        """A text, or what it is in turn with each of the values that are put into it; None where these are not known."""
        if HOLE not in text:
            return [text]
        refs = self._templates.get(text, [])
        if len(refs) != 1 or text.count(HOLE) != 1:
            return [None]
        return [text.replace(HOLE, each) if isinstance(each, str) else None for each in self._in_turn(refs[0])] or [
            None
        ]

    def name(self, ref: Any) -> str:
        """The last name of what a value is called, or is: ``CharField`` of ``models.CharField(...)``."""
        made = self.made.get(ref) if type(ref) is int else None
        if made is None:
            return ""
        match made:
            case [Op.CALL, _, function, *_] if function != ref:
                return self.name(function)
            case [Op.ATTRIBUTE, _, _, name, *_] | [Op.FROM, _, _, _, name, *_] | [Op.FREE, _, name, *_]:
                return str(name)
        return ""

    def call(self, ref: Any) -> list[Any] | None:
        """The call that a value is the result of."""
        made = self.made.get(ref) if type(ref) is int else None
        return made if made is not None and made[0] == Op.CALL else None

    def elements(self, ref: Any) -> list[Any]:
        """The elements of a list or tuple in the code."""
        made = self.made.get(ref) if type(ref) is int else None
        return list(made[3]) if made is not None and made[0] == Op.CONTAINER else []

    def batch_table(self, function: Any) -> str:
        """The table of ``with op.batch_alter_table("table") as batch`` whose method this is."""
        made = self.made.get(function) if type(function) is int else None
        if made is None or made[0] != Op.ATTRIBUTE:
            return ""
        entered = self._copied(made[2])
        opened = self.call(entered[2]) if entered is not None and entered[0] == Op.ENTER else None
        if opened is None or self.name(opened[2]) != "batch_alter_table":
            return ""
        table = self.keyword(opened, "table_name", 0)
        return table if isinstance(table, str) else ""

    def _copied(self, ref: Any) -> list[Any] | None:
        """What made a value, through names that are set from each other."""
        seen = set()
        made = self.made.get(ref)
        while made is not None and made[0] == Op.COPY and made[1] not in seen:
            seen.add(made[1])
            made = self.made.get(made[2]) if type(made[2]) is int else None
        return made

    # Django

    def fields(self, ref: Any) -> Iterator[tuple[str, Declared]]:
        """The fields of ``CreateModel``: pairs of a name and a field."""
        for pair in self.elements(ref):
            parts = self.elements(pair)
            if len(parts) == 2 and isinstance(parts[0], str):
                declared = self.field(parts[0], parts[1])
                if declared is not None:
                    yield parts[0], declared

    def field(self, name: str, ref: Any) -> Declared | None:
        """One field; None for what is no call of a field's class."""
        call = self.call(ref)
        kind = self.name(ref)
        if call is None or not kind:
            return None
        pattern = sql_types.DJANGO.get(kind, "")
        arguments = {key: self.keyword(call, key) for key in sql_types.arguments_of(pattern)}
        primary = self.keyword(call, "primary_key") is True
        given = self.keyword(call, "db_column")
        pointing = kind in _KEYS
        column = Column(
            name=given if isinstance(given, str) else f"{name}_id" if pointing else name,
            type=kind,
            nullable=self.keyword(call, "null") is True and not primary,
            primary_key=primary,
            sql_type=sql_types.filled(pattern, arguments),
            generated=kind in _GENERATED,
            source="migration",
            file=self.file,
            line=call[-1],
        )
        if not pointing and kind != "ManyToManyField":
            return Declared(column)
        if kind == "ManyToManyField" and argument(call, "through") is not None:
            return None
        on_delete = self.name(argument(call, "on_delete", 1))
        return Declared(column, self._model(argument(call, "to", 0)), on_delete, not pointing)

    def _model(self, ref: Any) -> str:
        """The name of a model, or of a setting that says it: of a function that is given label and name, these."""
        if isinstance(ref, str):
            return ref
        call = self.call(ref)
        if call is None:
            return self.name(ref)
        given = [part for part in call[3] if isinstance(part, str)]
        return ".".join(given) if len(given) == len(call[3]) == 2 else ""

    # Alembic

    def columns(self, references: list[Any], table: str) -> tuple[list[Column], list[ForeignKey]]:
        """The columns and keys in the arguments of ``create_table``."""
        columns: list[Column] = []
        keys: list[ForeignKey] = []
        primary: set[str] = set()
        for ref in references:
            call, kind = self.call(ref), self.name(ref)
            if call is None:
                continue
            if kind == "Column":
                column, own = self.column(call, table)
                if column is not None:
                    columns.append(column)
                    keys += own
            elif kind == "PrimaryKeyConstraint":
                primary.update(str(self.constant(argument)) for argument in call[3])
            elif kind == "ForeignKeyConstraint":
                key = self.key(
                    table, self.keyword(call, "columns", 0), self.keyword(call, "refcolumns", 1),
                    self.keyword(call, "ondelete"), call[-1],
                )  # fmt: skip
                keys += [key] if key is not None else []
        return [_primary(column) if column.name in primary else column for column in columns], keys

    def column(self, call: list[Any], table: str) -> tuple[Column | None, list[ForeignKey]]:
        """One ``Column(...)``, with the keys that stand at it."""
        name = self.constant(call[3][0]) if call[3] else self.keyword(call, "name")
        if not isinstance(name, str):
            return None, []
        keys = []
        kind = sql_type = ""
        for ref in call[3][1:]:
            called = self.name(ref)
            if called == "ForeignKey":
                inner = self.call(ref)
                target = self.keyword(inner, "column", 0) if inner is not None else None
                deleted = self.keyword(inner, "ondelete") if inner is not None else None
                key = self.key(table, [name], [target], deleted, call[-1])
                keys += [key] if key is not None else []
            elif not kind and called not in ("", "Identity", "Computed", "Sequence"):
                kind, sql_type = called, self._sql_type(called, self.call(ref))
        primary = self.keyword(call, "primary_key") is True
        nullable = self.keyword(call, "nullable")
        return Column(
            name=name, type=kind, nullable=nullable is not False and not primary, primary_key=primary,
            sql_type=sql_type, generated=self.keyword(call, "autoincrement") is True, source="migration", file=self.file,
            line=call[-1],
        ), keys  # fmt: skip

    def _sql_type(self, kind: str, call: list[Any] | None) -> str:
        pattern = sql_types.SQLALCHEMY.get(kind, "")
        arguments = {
            name: self.keyword(call, name, position) if call is not None else None
            for position, name in enumerate(sql_types.arguments_of(pattern))
        }
        return sql_types.filled(pattern, arguments)

    def key(self, table: str, columns: Any, targets: Any, on_delete: Any, line: int) -> ForeignKey | None:
        """A key to ``table.column`` names; None where they are not constants."""
        if not (isinstance(columns, list) and isinstance(targets, list) and all(isinstance(t, str) for t in targets)):
            return None
        pointed = [str(target).rpartition(".") for target in targets]
        if not pointed or not all(isinstance(c, str) for c in columns):
            return None
        return ForeignKey(
            table=table, columns=tuple(columns), target_table=pointed[0][0], target_columns=tuple(p[2] for p in pointed),
            on_delete=str(on_delete or "").upper(), file=self.file, line=line, source="migration", known_from=("migration",),
        )  # fmt: skip


def _has_result(operation: list[Any]) -> bool:
    return operation[0] in (
        Op.CALL,
        Op.ATTRIBUTE,
        Op.FROM,
        Op.FREE,
        Op.CONTAINER,
        Op.COPY,
        Op.ENTER,
        Op.ITERATE,
        Op.ITEM,
    )


def _primary(column: Column) -> Column:
    return msgspec.structs.replace(column, primary_key=True, nullable=False)
