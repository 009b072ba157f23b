"""What relations between Tortoise's models give: attributes on both sides, and the names that lookups know them by."""

from __future__ import annotations

from decompose.linking.engine import Engine
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.models.bodies import Declaration, declarations, models_of, option, target_class
from decompose.linking.libraries.models.tortoise import BASES, KEYS, MANY_TO_MANY, PACKAGES, between
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.relations import Relation
from decompose.linking.values import Value

_FIELDS = "tortoise.fields"


def contribute_relations(engine: Engine) -> None:
    """Add what relations give to both sides."""
    if _FIELDS not in engine.program.by_name:
        return
    linked = Linked(engine)
    models = models_of(linked, PACKAGES, BASES)
    contributor = _Contributor(linked, models)
    for cls in models:
        for declared in declarations(linked, cls):
            if declared.called in KEYS or declared.called == MANY_TO_MANY:
                contributor.relation(cls, declared)
        order = option(cls, "ordering")
        if isinstance(order, list):
            engine.relations.state_order(cls.index, tuple(path for path in order if isinstance(path, str)))


class _Contributor:
    def __init__(self, linked: Linked, models: list[Scope]) -> None:
        self.linked = linked
        self.engine = linked.engine
        self.models = models

    def relation(self, cls: Scope, declared: Declaration) -> None:
        """What one field gives its model and the model that it leads to."""
        linked, relations = self.linked, self.engine.relations
        target = target_class(linked, declared.owner, keyword_ref(declared.operation, "model_name", 0), self.models)
        if target is None:
            return
        target = cls if target is declared.owner else target
        back = self._name_of_the_way_back(cls, declared)
        if declared.called == MANY_TO_MANY:
            rows = (self.engine.values.intern("D", between(linked, cls, declared, target)),)
            relations.add(cls.index, declared.name, Relation(target.index, rows, here=False))
            self._put_query(cls, declared.name, target, rows)
            if back:
                relations.add(target.index, back, Relation(cls.index, rows, here=False))
                self._put_query(target, back, cls, rows)
            return
        required = linked.keyword(declared.owner, declared.operation, "null") is not True
        relations.add(cls.index, declared.name, Relation(target.index, (), here=True, required=required))
        self._put_row(cls, declared.name, target)
        if back:
            relations.add(target.index, back, Relation(cls.index, (), here=False, key=declared.name))
            put = self._put_row if declared.called == "OneToOneField" else self._put_query
            put(target, back, cls)

    def _name_of_the_way_back(self, cls: Scope, declared: Declaration) -> str:
        given = self.linked.keyword(declared.owner, declared.operation, "related_name")
        if given is False:
            return ""
        lowered = cls.facts.name.lower()
        usual = lowered if declared.called == "OneToOneField" else f"{lowered}s"
        return given if isinstance(given, str) else usual

    def _put_row(self, cls: Scope, name: str, target: Scope) -> None:
        """A row, if it was fetched, and what reads it where it is awaited."""
        row = self.engine.values.instance(target.index)
        self.engine.contribute(cls.index, name, row)
        self._put(cls, name, "Related", ((row,),))

    def _put_query(self, cls: Scope, name: str, target: Scope, rows: tuple[Value, ...] = ()) -> None:
        own = (self.engine.values.instance(target.index),)
        if rows:
            self._put(cls, name, "ManyToManyRelation", (own, rows, (), (), rows))
        else:
            self._put(cls, name, "ReverseRelation", (own,))

    def _put(self, cls: Scope, name: str, manager: str, arguments: tuple[tuple[Value, ...], ...]) -> None:
        made = library_class(self.linked.program, _FIELDS, manager)
        if made is not None:
            self.engine.contribute(cls.index, name, self.engine.values.instance(made.index, arguments))
