"""Cut foreign keys: what takes the place of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from decompose.database.places import Places
from decompose.database.split import CutForeignKey, CutKey
from decompose.system.model import ForeignKey, Table

_TYPE_SUFFIXES = ("content_type_id", "content_type", "object_type", "_type")


def cut_keys(places: Places, cut: Iterable[CutForeignKey]) -> list[CutKey]:
    """Every cut key with its replacement, then the generic keys, which may point across any boundary."""
    of_table: dict[str, list[ForeignKey]] = defaultdict(list)
    for key in places.system.foreign_keys:
        of_table[key.table].append(key)
    deleting = {
        table for table, accesses in places.accesses.items() if any(access.operation == "delete" for access in accesses)
    }
    found = [_replaced(places, item, of_table[item.key.table], deleting) for item in cut]
    return [*found, *_generic(places)]


def _replaced(places: Places, cut: CutForeignKey, siblings: list[ForeignKey], deleting: set[str]) -> CutKey:
    key = cut.key
    table = places.tables.get(key.table)
    columns = ", ".join(key.columns)
    tied = _tied(table, siblings)
    many = key in tied
    other = next((k.target_table for k in tied if k is not key), "")
    reference = (
        f"{columns} stays as a plain identifier; the rows tie {key.target_table} to {other} and stay with {cut.service}{_more(table, siblings)}"
        if many
        else f"{columns} stays as a plain identifier of {key.target_table} in {cut.target_service}"
    )
    return CutKey(
        kind="many-to-many" if many else "foreign key",
        key=key,
        service=cut.service,
        target_service=cut.target_service,
        reference=reference,
        existence=_existence(places, cut),
        on_delete=_on_delete(key, cut, key.target_table in deleting),
        constraints=tuple(_constraints(places, table, key, siblings)),
    )


def _tied(table: Table | None, keys: list[ForeignKey]) -> list[ForeignKey]:
    """The two keys of a table that stands between two others; none for other tables.

    It does if it has nothing but two keys and perhaps an identifier of its own, if the code declares it so, or if two of
    its keys together are unique.
    """
    if table is None or len(keys) < 2 or not table.columns:
        return []
    of_keys = {column for key in keys for column in key.columns}
    if len(keys) == 2 and (table.between or all(c.name in of_keys or c.primary_key for c in table.columns)):
        return keys
    unique = [set(index.columns) for index in table.indexes if index.unique and not index.partial]
    for columns in (set(table.primary_key), *unique):
        together = [key for key in keys if set(key.columns) <= columns]
        if len(together) == 2 and columns == {column for key in together for column in key.columns}:
            return together
    return []


def _more(table: Table | None, keys: list[ForeignKey]) -> str:
    """What else the rows between two tables say."""
    of_keys = {column for key in keys for column in key.columns}
    own = [c.name for c in table.columns if c.name not in of_keys and not c.primary_key] if table is not None else []
    return f", with what they say themselves ({', '.join(own)})" if own else ""


def _existence(places: Places, cut: CutForeignKey) -> str:
    """Who checks that the row is there, now that the database does not."""
    key = cut.key
    inserts = [a for a in places.accesses.get(key.table, ()) if a.operation == "insert"]
    read_there = {(a.definition, a.unit) for a in places.accesses.get(key.target_table, ()) if a.operation == "read"}
    checked = [a for a in inserts if (a.definition, a.unit) in read_there]
    if checked:
        first = checked[0]
        return f"{first.definition} reads {key.target_table} before it writes ({first.file}:{first.line}); that read becomes a call of {cut.target_service}"
    return f"ask {cut.target_service} when a row of {key.table} is made, or take the identifier from a message of {cut.target_service}, which proves that it exists"


def _on_delete(key: ForeignKey, cut: CutForeignKey, deleted: bool) -> str:
    """What the database did when the target was deleted, and who does it now."""
    if not key.enforced:
        return f"the database never checked this key: whatever happens to rows of {key.table} when one of {key.target_table} is deleted, code does already"
    event = f"{cut.target_service} sends an event when a row of {key.target_table} is deleted"
    match key.on_delete:
        case "CASCADE":
            now = f"CASCADE deleted the rows of {key.table}: {event}, and {cut.service} deletes them"
        case "SET NULL" | "SET_NULL":
            now = f"SET NULL emptied {', '.join(key.columns)}: {event}, and {cut.service} empties it"
        case "SET DEFAULT" | "SET_DEFAULT":
            now = f"SET DEFAULT reset {', '.join(key.columns)}: {event}, and {cut.service} resets it"
        case "SET":
            now = f"SET gave {', '.join(key.columns)} another value: {event}, and {cut.service} sets it"
        case "DO_NOTHING" | "":
            now = f"the database refused to delete a row of {key.target_table} that {key.table} points to: {cut.target_service} asks {cut.service} before it deletes, or marks the row as deleted and keeps it"
        case _:
            now = f"{key.on_delete} refused to delete a row of {key.target_table} that {key.table} points to: {cut.target_service} asks {cut.service} before it deletes, or marks the row as deleted and keeps it"
    return now if deleted else f"{now}. Of {key.target_table} no code was seen to delete anything"


def _constraints(places: Places, table: Table | None, key: ForeignKey, siblings: Iterable[ForeignKey]) -> Iterable[str]:
    """Indexes and constraints that hold the columns of a cut key."""
    columns = set(key.columns)
    yield f"keep an index on {key.table}({', '.join(key.columns)}): rows are still found by it"
    for index in table.indexes if table is not None else ():
        if columns & set(index.columns):
            listed = ", ".join(index.columns)
            if index.unique:
                about = sorted(
                    {places.owner(other.target_table) for other in siblings if set(other.columns) & set(index.columns)}
                )
                spans = f" spans {', '.join(about)}, and" if len(about) > 1 else ""
                yield f"unique({listed}){spans} stays with {key.table}: it compares identifiers, and no longer proves that they exist"
            else:
                yield f"index({listed}) goes with {key.table}"


def _generic(places: Places) -> list[CutKey]:
    """Pairs of a type and an identifier: they may point to any table, so to any service."""
    found = []
    for table in places.system.tables:
        names = {column.name for column in table.columns}
        keys = {column for key in places.system.foreign_keys if key.table == table.name for column in key.columns}
        for name in sorted(names):
            stem = next((name.removesuffix(suffix) for suffix in _TYPE_SUFFIXES if name.endswith(suffix)), None)
            if stem is None:
                continue
            identifiers = [
                f"{stem}object_id",
                f"{stem}object_pk",
                f"{stem}_id" if stem and not stem.endswith("_") else "",
                "object_id",
            ]
            identifier = next((i for i in identifiers if i and i in names and i not in keys and i != name), None)
            is_typed = "content_type" in name or name.endswith("object_type")
            if identifier is None or not (is_typed or identifier == f"{stem}_id"):
                continue
            service = places.owner(table.name)
            key = ForeignKey(
                table=table.name, columns=(name, identifier), target_table="", target_columns=(), on_delete="",
                file=table.file, line=table.line,
            )  # fmt: skip
            found.append(
                CutKey(
                    kind="generic foreign key",
                    key=key,
                    service=service,
                    target_service="",
                    reference=f"({name}, {identifier}) may point to a row of any service: name the service in {name}, as a stable word rather than a number of a local table",
                    existence="the database never checked it; nothing changes",
                    on_delete="the database never cleared it; every service that deletes rows sends an event, and this one removes what pointed to them",
                    constraints=(_index_of(table, {name, identifier}),),
                )
            )
    return found


def _index_of(table: Table, columns: set[str]) -> str:
    """What is to be said of an index by which the rows of some columns are found."""
    kept = next((i for i in table.indexes if i.columns and set(i.columns[: len(columns)]) <= columns), None)
    if kept is not None:
        return f"keep the index on {table.name}({', '.join(kept.columns)})"
    return f"no index on {table.name}({', '.join(sorted(columns))}) was seen: rows are found by them, so make one"
