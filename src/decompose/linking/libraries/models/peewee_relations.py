"""What relations between Peewee's models give: attributes on both sides, and the names that lookups know them by."""

from __future__ import annotations

from decompose.linking.engine import Engine
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.models.bodies import Declaration, models_of
from decompose.linking.libraries.models.peewee import BASES, PACKAGES, keys_of, many_to_many, table_between
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.relations import Relation
from decompose.linking.values import Value


def contribute_relations(engine: Engine) -> None:
    """The queries that keys and many-to-many relations add to classes, by the names that they are given for that."""
    query = library_class(engine.program, "peewee", "ModelSelect")
    many = library_class(engine.program, "peewee", "ManyToManyQuery")
    if query is None or many is None:
        return
    linked, values = Linked(engine), engine.values
    models = models_of(linked, PACKAGES, BASES)
    for cls in models:
        own = (values.instance(cls.index),)
        for declared, target in keys_of(linked, cls, models):
            required = linked.keyword(declared.owner, declared.operation, "null") is not True
            engine.relations.add(cls.index, declared.name, Relation(target.index, (), here=True, required=required))
            name = _name_of_the_way_back(linked, cls, declared, "_set")
            engine.relations.add(target.index, name, Relation(cls.index, (), here=False, key=declared.name))
            engine.contribute(target.index, name, values.instance(query.index, (own,)))
        for declared, target, named in many_to_many(linked, cls, models):
            between = _between(linked, cls, target, named)
            of_target = (values.instance(target.index),)
            engine.contribute(cls.index, declared.name, values.instance(many.index, (of_target, between, between)))
            back = _name_of_the_way_back(linked, cls, declared, "s")
            engine.contribute(target.index, back, values.instance(many.index, (own, between, between)))


def _between(linked: Linked, cls: Scope, target: Scope, named: Scope | None) -> tuple[Value, ...]:
    values = linked.engine.values
    if named is not None:
        return (values.instance(named.index),)
    return (values.intern("D", table_between(linked, cls, target)),)


def _name_of_the_way_back(linked: Linked, cls: Scope, declared: Declaration, ending: str) -> str:
    given = (linked.keyword(declared.owner, declared.operation, name) for name in ("backref", "related_name"))
    return next((text for text in given if isinstance(text, str)), f"{cls.facts.name.lower()}{ending}")
