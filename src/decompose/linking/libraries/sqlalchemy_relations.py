"""SQLAlchemy relationships: what is loaded along with a row, and what deleting a row does to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.libraries.consequence import Consequence
from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.libraries.sqlalchemy_computed import computed_from
from decompose.linking.libraries.sqlalchemy_imperative import relations_given
from decompose.linking.libraries.sqlalchemy_made_tables import tables_made
from decompose.linking.libraries.sqlalchemy_mapping import BASE, keyed_classes, loaded_below, put_together, table_name
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.made_once import made_once

_RELATIONSHIP = "sqlalchemy.orm:Relationship"
_ALONG = frozenset({"joined", "selectin", "subquery", "immediate"})
_SAME_STATEMENT = frozenset({"joined"})
_QUERIED = frozenset({"dynamic"})


class Relationship(NamedTuple):
    """A relation of a mapped class; ``many`` says that the key is in the rows that it leads to, ``viewed`` that it is only read."""

    name: str
    target: Scope
    between: tuple[str, ...]
    lazy: str
    cascade: str
    many: bool
    passive: bool
    viewed: bool = False


def contribute_relations(engine: Engine) -> None:
    """The way back of a relation that only one side declares, and the query that a dynamic relation is."""
    linked = Linked(engine)
    classes = {scope.definition: scope for scope in engine.program.scopes if scope.library}
    query, relationship = classes.get("sqlalchemy.orm:Query"), classes.get(_RELATIONSHIP)
    proxied = classes.get("sqlalchemy.orm:Proxied")
    if query is None or relationship is None or proxied is None:
        return
    relations: dict[int, list[Relationship]] = {}
    mapped = [cls for cls in linked.application_classes() if linked.inherits(cls, BASE)]
    for cls in mapped:
        by_call = {given.name for given in relations_given(linked, cls)}
        for relation, back in _declared(linked, cls):
            relations.setdefault(cls.index, []).append(relation)
            if back is not None:
                relations.setdefault(relation.target.index, []).append(back)
            between = tuple(engine.values.intern("D", name) for name in relation.between)
            if relation.lazy in _QUERIED:
                _contribute(engine, cls, relation.name, query, relation.target, between)
            elif (
                relation.between or relation.name in by_call or _is_told_by_plain_annotation(linked, cls, relation.name)
            ):
                _contribute(engine, cls, relation.name, relationship, relation.target, between)
            if back is not None:
                form = query if back.lazy in _QUERIED else relationship
                _contribute(engine, relation.target, back.name, form, cls, between)
    for cls in mapped:
        for name, target, tables in _proxies(linked, cls, relations):
            between = tuple(engine.values.intern("D", table) for table in tables)
            _contribute(engine, cls, name, proxied, target, between)
        for value in sorted(linked.attribute_values(cls, "query_class")):
            described = engine.values[value]
            if described[0] == "C" and linked.inherits(engine.program.scopes[described[1]], query.definition):
                rows = (engine.values.instance(cls.index),)
                engine.contribute(cls.index, "query", engine.values.instance(described[1], (rows,)))


def _contribute(
    engine: Engine, holder: Scope, name: str, form: Scope, entity: Scope, between: tuple[Value, ...]
) -> None:
    value = engine.values.instance(
        form.index, ((engine.values.instance(entity.index),), between)[: 2 if between else 1]
    )
    for cls in (holder, *engine.hierarchy.subclasses.get(holder.index, ())):
        engine.contribute(cls.index, name, value)


def _is_told_by_plain_annotation(linked: Linked, cls: Scope, name: str) -> bool:
    """``heroes: list["Hero"] = Relationship()``: neither the call nor the annotation is typed as a relation."""
    for owner in linked.hierarchy.order(cls):
        annotation = owner.facts.annotations.get(name)
        if name in owner.facts.names and annotation is not None:
            of = annotation[1][-1] if annotation[0] == "s" else ""
            return of not in ("Mapped", "WriteOnlyMapped", "DynamicMapped", "AppenderQuery")
    return False


def _proxies(
    linked: Linked, cls: Scope, relations: Mapping[int, list[Relationship]]
) -> Iterator[tuple[str, Scope, tuple[str, ...]]]:
    """Attributes that stand for one of each row of a relation, ``association_proxy("tags", "word")``: the class, the tables on the way."""

    def named(holder: Scope, name: object) -> Relationship | None:
        known = (relation for each in linked.hierarchy.order(holder) for relation in relations.get(each.index, ()))
        return next((relation for relation in known if relation.name == name), None)

    for owner in linked.hierarchy.order(cls):
        for name, ref in owner.facts.names.items() if not owner.library else ():
            operation = call_of(owner, ref)
            if operation is None or called_name(owner, operation) != "association_proxy":
                continue
            through = linked.constant(owner, keyword_ref(operation, "target_collection", 0))
            relation = named(cls, through)
            if relation is None:
                continue
            further = linked.constant(owner, keyword_ref(operation, "attr", 1))
            second = named(relation.target, further)
            if second is None:
                yield name, relation.target, relation.between
            else:
                held = table_name(linked, relation.target)
                yield name, second.target, (*relation.between, *((held,) if held else ()), *second.between)


def _declared(linked: Linked, cls: Scope) -> Iterator[tuple[Relationship, Relationship | None]]:
    """The relations that a class and its mixins declare, each with the one that it adds to the other side."""
    seen: set[str] = set()
    for owner in linked.hierarchy.order(cls):
        if owner.library:
            continue
        for name, ref in owner.facts.names.items():
            operation = _relationship_call(linked, owner, ref)
            if operation is None or name in seen:
                continue
            seen.add(name)
            target = _target(linked, owner, name, ref)
            if target is not None:
                yield _read(linked, cls, owner, name, operation, target)
    for given in relations_given(linked, cls):
        yield _read(linked, cls, given.scope, given.name, given.operation, given.target)


def _relationship_call(linked: Linked, owner: Scope, ref: Ref) -> list[Any] | None:
    values = linked.engine.values_of(linked.engine.node_of(linked.engine.class_frame(owner), ref))
    if not any(linked.is_instance_of(value, _RELATIONSHIP) for value in values) or type(ref) is not int:
        return None
    operation = owner.call_producing(ref)
    return _with_further_options(owner, operation) if operation is not None else None


def _with_further_options(owner: Scope, operation: list[Any]) -> list[Any]:
    """A call with what SQLModel is given for SQLAlchemy: ``sa_relationship_kwargs={"lazy": "joined"}``."""
    given = keyword_ref(operation, "sa_relationship_kwargs")
    further: list[tuple[str, Ref]] = []
    if isinstance(given, list) and given[0] == "c" and isinstance(given[1], dict):
        further = [(key, value if isinstance(value, str) else ["c", value]) for key, value in given[1].items()]
    for made in owner.operations_producing(given) if type(given) is int and given >= 0 else ():
        if made[0] == Op.CONTAINER and made[4]:
            further = [(key, ref) for key, ref in zip(made[4], made[3], strict=False) if isinstance(key, str)]
        elif made[0] == Op.CALL and called_name(owner, made) == "dict":
            further = [(key, ref) for key, ref in made[4] if key]
    return [*operation[:4], [*operation[4], *further], *operation[5:]] if further else operation


def _target(linked: Linked, owner: Scope, name: str, ref: Ref) -> Scope | None:
    """The class that a relation leads to: as its argument says, or its annotation."""
    candidates: list[Value] = []
    for value in linked.engine.values_of(linked.engine.node_of(linked.engine.class_frame(owner), ref)):
        description = linked.values[value]
        if linked.is_instance_of(value, _RELATIONSHIP) and description[2]:
            candidates += description[2][0]
    annotation = owner.facts.annotations.get(name)
    if not candidates and annotation is not None:
        candidates = list(linked.names.types(owner, annotation))
    for _ in range(3):
        for value in sorted(candidates):
            description = linked.values[value]
            if description[0] == "I" and not linked.program.scopes[description[1]].library:
                found: Scope = linked.program.scopes[description[1]]
                return found
        # ``Mapped[list[Order]]``
        candidates = [v for c in candidates if linked.values[c][0] == "I" for part in linked.values[c][2] for v in part]
    return None


def _read(
    linked: Linked, cls: Scope, owner: Scope, name: str, operation: list[object], target: Scope
) -> tuple[Relationship, Relationship | None]:
    between = _tables(linked, owner, keyword_ref(operation, "secondary", 1)) or _linking_model(linked, owner, operation)

    def option(key: str) -> str:
        found = linked.keyword(owner, operation, key)
        return str(found) if found is not None else ""

    many = not between and _key_is_there(linked, cls, owner, operation, target)
    lazy, passive = _loading(option("lazy")), option("passive_deletes") not in ("", "False")
    viewed = option("viewonly") == "True"
    relation = Relationship(name, target, between, lazy, option("cascade"), many, passive, viewed)
    ref = keyword_ref(operation, "backref")
    origin = linked.origin(owner, ref)
    if origin is None or origin.operation[0] != Op.CALL:
        back = linked.constant(owner, ref)
        plain = Relationship(str(back), cls, between, "", "", not many and not between, passive=False)
        return relation, plain if isinstance(back, str) else None
    given = linked.keyword(origin.scope, origin.operation, "name", 0)
    if not isinstance(given, str):
        return relation, None
    lazy = _loading(str(linked.keyword(origin.scope, origin.operation, "lazy")))
    cascade = str(linked.keyword(origin.scope, origin.operation, "cascade") or "")
    passive = bool(linked.keyword(origin.scope, origin.operation, "passive_deletes"))
    return relation, Relationship(given, cls, between, lazy, cascade, not many and not between, passive)


def _loading(lazy: str) -> str:
    """How a relation is loaded, by its name: ``lazy=False`` is ``"joined"``."""
    return "joined" if lazy == "False" else lazy


def _tables(linked: Linked, scope: Scope, ref: Ref) -> tuple[str, ...]:
    """The name of a table given as an argument: a Core table, its name, or ``Class.__table__``."""
    if isinstance(ref, str):
        return (ref,)
    made = tables_made(linked).name_at(scope, ref) if ref != -1 else None
    if made is not None:
        return (made,) if made else ()
    for asked in scope.operations_producing(ref) if type(ref) is int and ref >= 0 else ():
        if asked[0] == Op.ATTRIBUTE and asked[3] == "__table__":
            found = (linked.values[value] for value in sorted(linked.names.evaluate(scope, asked[2])))
            classes = (linked.program.scopes[described[1]] for described in found if described[0] == "C")
            return tuple(name for cls in classes if (name := table_name(linked, cls)) is not None)
    origin = linked.origin(scope, ref) if ref != -1 else None
    if origin is None or origin.operation[0] != Op.CALL or not origin.operation[3]:
        return ()
    name = linked.constant(origin.scope, origin.operation[3][0])
    return (name,) if isinstance(name, str) else ()


def _linking_model(linked: Linked, owner: Scope, operation: list[object]) -> tuple[str, ...]:
    """The table of the class that SQLModel is given for the rows between."""
    ref = keyword_ref(operation, "link_model")
    made = tables_made(linked).name_at(owner, ref) if ref != -1 else None
    if made is not None:
        return (made,) if made else ()
    for value in linked.names.evaluate(owner, ref):
        description = linked.values[value]
        if description[0] == "C" and (name := table_name(linked, linked.program.scopes[description[1]])) is not None:
            return (name,)
    return ()


def _key_is_there(linked: Linked, cls: Scope, owner: Scope, operation: list[object], target: Scope) -> bool:
    """Whether the key of a relation is in the rows that it leads to, not in the class's own."""
    own, other = keyed_classes(linked, cls), keyed_classes(linked, target)
    here = any(linked.hierarchy.is_subclass(target.index, index) for index in own)
    there = any(linked.hierarchy.is_subclass(cls.index, index) for index in other)
    if here and there:
        # Keys in both directions: the one that is named decides, or whether one row or many are meant.
        named = keyword_ref(operation, "foreign_keys")
        if named != -1:
            return _class_of_column(linked, owner, named) == target.facts.name != cls.facts.name
        return linked.keyword(owner, operation, "uselist") is not False
    return there


def _class_of_column(linked: Linked, owner: Scope, named: object) -> str:
    """The class that ``"Users.team_id"``, ``"[Users.team_id]"`` or ``[Users.team_id]`` names; empty for a column of the own body."""
    text = linked.constant(owner, named)
    if isinstance(text, str):
        return text.strip("[] ").partition(".")[0] if "." in text else ""
    for operation in owner.operations_producing(named):
        if operation[0] == Op.CONTAINER and operation[3]:
            return _class_of_column(linked, owner, operation[3][0])
        if operation[0] == Op.ATTRIBUTE:
            found = (linked.values[value] for value in linked.names.evaluate(owner, operation[2]))
            return next((linked.program.scopes[d[1]].facts.name for d in found if d[0] == "C"), "")
    return ""


class _Relations:
    """All relations of a program, by class, with the ways back."""

    def __init__(self, linked: Linked) -> None:
        self.of: dict[int, list[Relationship]] = {}
        for cls in linked.application_classes():
            if linked.inherits(cls, BASE):
                for relation, back in _declared(linked, cls):
                    self.of.setdefault(cls.index, []).append(relation)
                    if back is not None:
                        self.of.setdefault(relation.target.index, []).append(back)


_all_relations = made_once(_Relations)


def relations_of(linked: Linked, cls: Scope) -> list[Relationship]:
    """The relations of a mapped class, those of its mixins and the ways back of others' included."""
    return _all_relations(linked).of.get(cls.index, [])


def comes_along(linked: Linked, cls: Scope, name: str) -> bool:
    """Whether a relation of that name is loaded with the object."""
    return any(relation.name == name and relation.lazy in _ALONG for relation in relations_of(linked, cls))


def loaded_along(linked: Linked, cls: Scope, *, if_there: bool = False) -> Iterator[Consequence]:
    """What loading a row of a class loads too, because its relations or its subclasses say so.

    ``joined`` does so by the same statement, the other ways by another one, which is sent only if there are rows at all.
    """
    seen, waiting = {cls.index}, [(cls, if_there)]
    while waiting:
        current, only_if_there = waiting.pop()
        yield from (Consequence("read", other, only_if_there) for other in put_together(linked, current)[1:])
        yield from (Consequence("read", other, only_if_there) for other in computed_from(linked, current))
        for below, in_another in loaded_below(linked, current):
            yield Consequence("read", below, only_if_there or in_another)
        for relation in relations_of(linked, current):
            if relation.lazy in _ALONG:
                apart = only_if_there or relation.lazy not in _SAME_STATEMENT
                yield from (Consequence("read", table, apart) for table in relation.between)
                yield Consequence("read", relation.target, apart)
                if relation.target.index not in seen:
                    seen.add(relation.target.index)
                    waiting.append((relation.target, apart))


def deleted_along(linked: Linked, cls: Scope) -> Iterator[Consequence]:
    """What deleting a row through a session does to the rows that relations lead to.

    These are looked for first, those that are deleted too at once, the others when the session is flushed; whatever is done to
    them, or to those that they lead to, is sent only if there are some.
    """
    seen, waiting = {cls.index}, [(cls, False)]
    while waiting:
        current, if_there = waiting.pop()
        for relation in relations_of(linked, current):
            if relation.viewed:
                continue
            deletes = "all" in relation.cascade or "delete" in relation.cascade.replace("delete-orphan", "")
            if relation.between:
                yield from (Consequence("delete", table, if_there=True) for table in relation.between)
            # What came along with the row is not looked up again.
            if (relation.between or relation.many or deletes) and not relation.passive and relation.lazy not in _ALONG:
                looked_for: tuple[Scope | str, ...] = (*relation.between, relation.target)
                along = loaded_along(linked, relation.target, if_there=if_there)
                for read in (*(Consequence("read", thing, if_there) for thing in looked_for), *along):
                    yield read._replace(at_flush=not deletes)
            if deletes:
                yield Consequence("delete", relation.target, if_there=True)
                if relation.target.index not in seen:
                    seen.add(relation.target.index)
                    waiting.append((relation.target, True))
            elif relation.many and not relation.passive:
                yield Consequence("update", relation.target, if_there=True)
