"""What relations between Django's models give: attributes on both sides, and the names that lookups know them by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.libraries.django_heard_relations import looks_before_adding
from decompose.linking.libraries.django_options import (
    MODEL,
    app_label,
    is_abstract,
    is_proxy,
    mapped_class,
    metas,
    stored_parents,
)
from decompose.linking.libraries.django_schema import (
    MANY_TO_MANY,
    ONE_TO_ONE,
    Field,
    fields,
    library_class,
    named_target,
    option,
    said_of_field,
    texts_of,
    through_of,
)
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.relations import Relation
from decompose.linking.values import Value

_QUERY_SET = "django.db.models:QuerySet"
_GENERIC_RELATION = "django.contrib.contenttypes.fields:GenericRelation"
_GENERIC_KEY = "django.contrib.contenttypes.fields:GenericForeignKey"
_ONE = "django.db.models:ReverseOneToOne"
_MADE_OUTSIDE = re.compile(r"\w*Manager(\.from_queryset|\.as_manager)?(\(\))+|\w*QuerySet\.as_manager\(\)")


def contribute_relations(engine: Engine) -> None:
    """Add what relations give to both sides."""
    linked = Linked(engine)
    models = [
        cls
        for cls in engine.program.classes()
        if linked.inherits(cls, MODEL)
        and not is_abstract(cls)
        and (not cls.library or "__tablename__" in cls.facts.names)
    ]
    contributor = _Contributor(linked)
    for cls in engine.program.classes():
        if not cls.library and linked.inherits(cls, MODEL):
            contributor.know_managers(cls)
    engine.run()
    for cls in models:
        for field in fields(linked, cls):
            if field.relation and field.targets:
                contributor.relation(cls, field)
            contributor.methods(cls, field)
        if not is_proxy(linked, cls):
            contributor.parents(cls)
        engine.relations.state_order(cls.index, _order(linked, cls))
        contributor.generic(cls)
        contributor.own_queries(cls)
    contributor.generic_keys()


def generic_relations(linked: Linked, cls: Scope) -> Iterator[tuple[str, Scope]]:
    """The generic relations of a model, each with its name and the model that has the key to anything."""
    for owner, name, value in _attributes(linked, cls, _GENERIC_RELATION):
        described = (linked.values[target] for arguments in linked.values[value][2][:1] for target in arguments)
        targets = [linked.program.scopes[d[1]] for d in described if d[0] == "I"]
        for operation in owner.operations_producing(owner.facts.names[name]) if not targets else ():
            if operation[0] == Op.CALL:
                of_own = linked.program.scopes[linked.values[value][1]]
                targets += named_target(linked, owner, operation, of_own)
        yield from ((name, target) for target in targets)
    for field in fields(linked, cls):
        known_as = said_of_field(linked, field.cls, "__generic_relation__") if field.relation == MANY_TO_MANY else ""
        for value in through_of(linked, cls, field) if known_as else ():
            between = linked.program.scopes[linked.values[value][1]]
            if any(True for _ in _attributes(linked, between, _GENERIC_KEY)):
                yield known_as, between


def relations_back(linked: Linked, cls: Scope) -> Iterator[tuple[str, Scope]]:
    """What points to a model: the names of the attributes for it, and the models."""
    for name, target in linked.engine.relations.back(cls):
        yield name, linked.program.scopes[target]


def _attributes(linked: Linked, cls: Scope, definition: str) -> Iterator[tuple[Scope, str, Value]]:
    """The attributes in the bodies of a class and its ancestors that are instances of a library's class."""
    for owner in linked.hierarchy.order(cls):
        frame = linked.engine.class_frame(owner)
        for name, ref in owner.facts.names.items():
            for value in sorted(linked.engine.values_of(linked.engine.node_of(frame, ref))):
                if linked.is_instance_of(value, definition):
                    yield owner, name, value


class _Contributor:
    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.engine = linked.engine
        self.related, self.many_related, self.looking, self.one = (
            library_class(linked.program, "django.db.models", name)
            for name in ("RelatedManager", "ManyRelatedManager", "LookingRelatedManager", "ReverseOneToOne")
        )
        self._back_to: dict[int, list[Scope]] = {}
        """Model with a key to anything -> the models that have a generic relation to it."""

    def know_managers(self, cls: Scope) -> None:
        """A manager whose class is not in view is one of Django's."""
        manager = library_class(self.linked.program, "django.db.models", "OutsideManager")
        if manager is None:
            return
        frame = self.engine.class_frame(cls)
        for ref in cls.facts.names.values():
            node = self.engine.node_of(frame, ref)
            for value in sorted(self.engine.values_of(node)) if node >= 0 else ():
                description = self.linked.values[value]
                if description[0] == "X" and _MADE_OUTSIDE.fullmatch(description[2]):
                    given = list(self._managers_given(cls, ref))
                    for made in given or [self.engine.values.instance(manager.index)]:
                        self.engine.put(node, made)
                    for query in self._queries_given(cls, ref):
                        self.engine.put(node, self.engine.values.instance(query.index))

    def _managers_given(self, cls: Scope, ref: Ref) -> Iterator[Value]:
        """What code outside makes of classes of managers or queries that it is given is an object of them: ``Narrowed(base=Orders)``."""
        frame = self.engine.class_frame(cls)
        for call in (o for o in cls.operations_producing(ref) if o[0] == Op.CALL):
            for given in (*call[3], *(keyword[1] for keyword in call[4])):
                for value in sorted(self.engine.values_of(self.engine.node_of(frame, given))):
                    description = self.linked.values[value]
                    of = self.linked.program.scopes[description[1]] if description[0] == "C" else None
                    if of is not None and self.linked.inherits(of, _QUERY_SET):
                        yield self.engine.values.instance(description[1], description[2])

    def _queries_given(self, cls: Scope, ref: Ref) -> Iterator[Scope]:
        """The classes of queries of the application that the class of a manager is made of: ``Outside.from_queryset(Orders)()``."""
        made = (o for o in cls.operations_producing(ref) if o[0] == Op.CALL)
        of = (o for call in made for o in cls.operations_producing(call[2]) if o[0] == Op.CALL)
        for value in (v for call in of for given in call[3][:1] for v in self.linked.names.evaluate(cls, given)):
            query = (
                self.linked.program.scopes[self.linked.values[value][1]]
                if self.linked.values[value][0] == "C"
                else None
            )
            if query is not None and not query.library and self.linked.inherits(query, _QUERY_SET):
                yield query

    def relation(self, cls: Scope, field: Field) -> None:
        engine, target = self.engine, field.targets[0]
        between: tuple[Value, ...] = ()
        usual = self.many_related
        if field.relation == MANY_TO_MANY:
            between = through_of(self.linked, cls, field)
            if looks_before_adding(self.linked, cls, field):
                usual = self.looking
            manager = self._named_by(field, "__related_manager__") or usual
            self._put((cls,), field.name, manager, target, between)
            engine.relations.add(cls.index, field.name, Relation(target.index, between, here=False))
        else:
            required = option(self.linked, field, "null") is not True
            engine.relations.add(cls.index, field.name, Relation(target.index, (), here=True, required=required))
            if not field.typed or (target is cls and is_abstract(field.owner)):
                # Its class says what it points to, or "self" in the body of an abstract model, which is each model below it.
                own = (engine.values.instance(target.index),)
                engine.contribute(cls.index, field.name, engine.values.instance(field.cls.index, (own,)))
        name, query_name = _names_of_the_way_back(self.linked, cls, field)
        if not name:
            return
        # The way back from a proxy is that of the model whose rows it shows.
        stored = mapped_class(self.linked, target)
        targets = (stored, *engine.hierarchy.subclasses.get(stored.index, ()))
        back = Relation(cls.index, between, here=False, key=field.name)
        for known_by in (target, stored):
            for known_as in (query_name, name):
                engine.relations.add(known_by.index, known_as, back)
        one = self._named_by(field, "__way_back__") or self.one
        manager = one if field.relation == ONE_TO_ONE else usual if between else self.related
        self._put(targets, name, manager, cls, between)

    def methods(self, cls: Scope, field: Field) -> None:
        """What a field of its kind gives its model besides: methods under the field's name that work like one that every model has."""
        for stated in said_of_field(self.linked, field.cls, "__gives_methods__").split():
            name, _, like = stated.partition("=")
            member = self.linked.hierarchy.member(cls, like)
            function = self.engine.function_of(member)
            if member is not None and function is not None:
                home = self.engine.class_frame(member.owner)
                method = self.engine.values.intern("F", function.index, home.index)
                self.engine.contribute(cls.index, name.format(name=field.name), method)

    def _named_by(self, field: Field, attribute: str) -> Scope | None:
        """The class that the summary of a field names for one side of the relation."""
        module, _, name = said_of_field(self.linked, field.cls, attribute).partition(":")
        return library_class(self.linked.program, module, name) if module else None

    def parents(self, cls: Scope) -> None:
        """The keys to the tables that hold the inherited part of a model, and the way from there to the model."""
        name = cls.facts.name.lower()
        for parent in stored_parents(self.linked, cls):
            relations = self.engine.relations
            relations.add_table(cls, parent)
            relations.add(
                cls.index, f"{parent.facts.name.lower()}_ptr", Relation(parent.index, (), here=True, required=True)
            )
            relations.add(parent.index, name, Relation(cls.index, (), here=False))
            below = (c for c in self.engine.hierarchy.subclasses.get(parent.index, ()) if c is not cls)
            self._put((c for c in (parent, *below) if name not in c.facts.names), name, self.one, cls, ())

    def own_queries(self, cls: Scope) -> None:
        """Methods of a library's model that begin a query by the manager of the application's."""
        names = {
            name
            for owner in self.linked.hierarchy.order(cls)
            if owner.library and isinstance(said := owner.facts.names.get("__queries_by_manager__"), str)
            for name in said.split()
        }
        for name in sorted(names):
            member = self.linked.hierarchy.member(cls, name)
            if member is not None and member.owner.library:
                for value in self._managers_for(cls, ((self.engine.values.instance(cls.index),),)):
                    self.engine.contribute(cls.index, name, self._begins_with(value))

    def _begins_with(self, manager: Value) -> Value:
        """What gives the queries of a manager: its own method for that, where the application has written one."""
        values = self.linked.values
        found = self.linked.bound_method(self.linked.program.scopes[values[manager][1]], "get_queryset", manager)
        return found[1] if found is not None else values.intern("L", (manager,))

    def generic(self, cls: Scope) -> None:
        """What generic relations give, and where the keys lead that they use."""
        for name, target in generic_relations(self.linked, cls):
            self.engine.relations.add(cls.index, name, Relation(target.index, (), here=False))
            self._put((cls,), name, self.related, target, ())
            self._back_to.setdefault(target.index, []).append(cls)
            for owner, _, _ in (a for a in _attributes(self.linked, cls, _GENERIC_RELATION) if a[1] == name):
                made = owner.call_producing(owner.facts.names[name])
                asked = self.linked.keyword(owner, made, "related_query_name") if made is not None else None
                if isinstance(asked, str):
                    self.engine.relations.add(target.index, asked, Relation(cls.index, (), here=False))

    def generic_keys(self) -> None:
        for target, models in sorted(self._back_to.items()):
            cls = self.linked.program.scopes[target]
            for _, name, _ in _attributes(self.linked, cls, _GENERIC_KEY):
                for model in models:
                    self._put((cls,), name, self.one, model, ())

    def _put(
        self, classes: Iterable[Scope], name: str, manager: Scope | None, entity: Scope, between: tuple[Value, ...]
    ) -> None:
        if manager is None:
            return
        own: tuple[Value, ...] = (self.engine.values.instance(entity.index),)
        arguments = (own, between, (), (), between) if between else (own,)
        made = [self.engine.values.instance(manager.index, arguments)]
        if not self.linked.inherits(manager, _ONE):
            # Django makes the manager of a relation a kind of the model's own.
            made += self._managers_for(entity, arguments[:2])
        for concrete in classes:
            for value in made:
                self.engine.contribute(concrete.index, name, value)

    def _managers_for(self, cls: Scope, arguments: tuple[tuple[Value, ...], ...]) -> list[Value]:
        described = (self.linked.values[value] for value in self._usual_managers(cls))
        return [self.engine.values.instance(description[1], arguments) for description in described]

    def _usual_managers(self, cls: Scope) -> list[Value]:
        """The manager that a model's class body names first, where the application has a class for it."""
        for owner in self.linked.hierarchy.order(cls):
            if owner.library:
                continue
            frame = self.engine.class_frame(owner)
            for ref in owner.facts.names.values():
                known = sorted(self.engine.values_of(self.engine.node_of(frame, ref)))
                found = [value for value in known if self.linked.is_instance_of(value, _QUERY_SET)]
                if found:
                    return [v for v in found if not self.linked.program.scopes[self.linked.values[v][1]].library]
        return []


def _order(linked: Linked, cls: Scope) -> tuple[str, ...]:
    """By what the rows of a model are ordered, as it says or as the nearest model says that has a part of its rows."""
    for model in (cls, *(above for above in linked.hierarchy.order(cls)[1:] if linked.inherits(above, MODEL))):
        if model is not cls and is_abstract(model):
            continue
        for meta in metas(linked, model):
            ref = meta.facts.names.get("ordering")
            if ref is not None:
                return tuple(texts_of(linked, meta, ref) or ())
    return ()


def _names_of_the_way_back(linked: Linked, cls: Scope, field: Field) -> tuple[str, str]:
    """The attribute that the target of a relation gets, and the name of the relation back in lookups."""
    given = option(linked, field, "related_name")
    asked = option(linked, field, "related_query_name")
    if isinstance(given, str) and given.endswith("+"):
        return "", ""
    if field.relation == MANY_TO_MANY and field.targets[0] is cls and not isinstance(given, str):
        return "", ""
    lowered = cls.facts.name.lower()
    name = given if isinstance(given, str) else lowered if field.relation == ONE_TO_ONE else f"{lowered}_set"
    query_name = asked if isinstance(asked, str) else given if isinstance(given, str) else lowered
    label = app_label(linked, cls)

    def filled(pattern: str) -> str:
        return pattern.replace("%(class)s", lowered).replace("%(app_label)s", label)

    return filled(name), filled(query_name)
