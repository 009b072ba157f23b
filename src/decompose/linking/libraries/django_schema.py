"""The fields of Django models: what they are, what they point to, and their columns; and the model of users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import (
    MODEL,
    in_other_tables,
    is_abstract,
    is_proxy,
    mapped_class,
    table_name,
)
from decompose.linking.libraries.django_own_fields import said_by_class
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Program, Scope
from decompose.linking.values import Value

_FIELD = "django.db.models:Field"
_FOREIGN_KEY = "django.db.models:ForeignKey"
ONE_TO_ONE = "django.db.models:OneToOneField"
MANY_TO_MANY = "django.db.models:ManyToManyField"


_NO_COLUMN = ("ManyToMany", "M2M", "OneToOne", "Generic", "Spec", "Relation")
"""What fields of libraries are called that have no column, or point to other models."""


class Field(NamedTuple):
    """A field of a model: the class that declares it, its call, and the classes it points to.

    ``kinds`` are the names of its class and of those above it, nearest first; ``cls`` is its class. ``typed``: the type of what the call
    makes tells the targets.
    """

    name: str
    owner: Scope
    operation: list[Any]
    type_name: str
    relation: str
    targets: tuple[Scope, ...]
    kinds: tuple[str, ...]
    cls: Scope
    typed: bool


def option(linked: Linked, field: Field, name: str, position: int = -1) -> Any:
    """The constant that a field is made with, by its call or by the constructor of its class; None if there is none."""
    given = linked.keyword(field.owner, field.operation, name, position)
    said = said_by_class(linked, field.cls, name, position) if given is None else None
    return linked.constant(*said) if said is not None else given


def substitute_user_model(program: Program, engine: Engine) -> None:
    """``get_user_model()`` means the application's own class where a setting names one."""
    text = engine.references.settings().get("AUTH_USER_MODEL")
    library = program.by_name.get("django.contrib.auth.models")
    for scope in library.scopes if library is not None and not text else ():
        if scope.facts.qualname == "User":
            engine.references.known.update({"AUTH_USER_MODEL": scope, "auth.User": scope})
    if not text or library is None:
        return
    found = [cls for cls in engine.references.find(text, program.modules[0].top) if not cls.library]
    for scope in library.scopes:
        if scope.facts.qualname == "User" and found:
            engine.names.substitutes[scope.index] = found[0].index


def user_model(linked: Linked) -> Scope | None:
    """The model of users: the framework's, or the application's own in its place."""
    user = library_class(linked.program, "django.contrib.auth.models", "User")
    return linked.program.scopes[linked.names.substitutes.get(user.index, user.index)] if user is not None else None


def through_of(linked: Linked, cls: Scope, field: Field) -> tuple[Value, ...]:
    """The table between the two sides of a many-to-many relation: rows of a model, or a table that no class maps."""
    engine = linked.engine
    if has_table_of_its_own(linked, field):
        return (engine.values.intern("D", table_between(linked, cls, field)),)
    return tuple(
        engine.values.instance(c.index) for c in _models_between(linked, field.owner, field.operation, field.cls)
    )


def has_table_of_its_own(linked: Linked, field: Field) -> bool:
    """Whether Django makes the table between for a many-to-many relation: no model is named for it, by the code or its library."""
    return keyword_ref(field.operation, "through") == -1 and not said_of_field(linked, field.cls, "__between__")


def said_of_field(linked: Linked, cls: Scope, name: str) -> str:
    """What the summary of a library says of a class of fields."""
    member = linked.hierarchy.member(cls, name)
    return member.ref if member is not None and isinstance(member.ref, str) else ""


def _models_between(linked: Linked, owner: Scope, operation: list[Any], cls: Scope) -> list[Scope]:
    ref = keyword_ref(operation, "through")
    if isinstance(ref, str):
        return list(linked.engine.references.find(ref, owner))
    if ref != -1:
        described = (linked.values[value] for value in linked.names.evaluate(owner, ref))
        return [linked.program.scopes[d[1]] for d in described if d[0] == "C"]
    module, _, name = said_of_field(linked, cls, "__between__").partition(":")
    usual = library_class(linked.program, module, name)
    return [usual] if usual is not None else []


def table_between(linked: Linked, cls: Scope, field: Field) -> str:
    """The name of the table that Django makes for a many-to-many relation."""
    given = option(linked, field, "db_table")
    return given if isinstance(given, str) else f"{table_name(linked, mapped_class(linked, cls))}_{field.name}"


def library_class(program: Program, module: str, name: str) -> Scope | None:
    """The class of a library, by its module and name."""
    found = program.by_name.get(module)
    return next((s for s in found.scopes if s.facts.qualname == name), None) if found is not None else None


_FIELDS: WeakKeyDictionary[Linked, dict[int, tuple[Field, ...]]] = WeakKeyDictionary()


def fields(linked: Linked, cls: Scope) -> tuple[Field, ...]:
    """The fields of a model, own and inherited from abstract models and mixins."""
    known = _FIELDS.setdefault(linked, {})
    found = known.get(cls.index)
    if found is None:
        known[cls.index] = ()  # models between may lead back here
        found = known[cls.index] = tuple(_fields(linked, cls))
    return found


def _fields(linked: Linked, cls: Scope) -> Iterator[Field]:
    seen: set[str] = set()
    elsewhere = in_other_tables(linked, cls)
    for owner in linked.hierarchy.order(cls):
        if owner.index in elsewhere:
            continue
        frame = linked.engine.class_frame(owner)
        for name, ref in owner.facts.names.items():
            if name in seen:
                continue
            if ref == ["c", None]:  # takes away what an abstract model declares
                seen.add(name)
                continue
            node = linked.engine.node_of(frame, ref)
            # What is known of its target comes before the bare field.
            found = linked.engine.values_of(node)
            made = [v for v in found if linked.is_instance_of(v, _FIELD)]
            for value in sorted(made, key=lambda value: (not any(linked.values[value][2]), value)):
                seen.add(name)
                operation = owner.call_producing(ref)
                if operation is not None:
                    yield _field(linked, cls, owner, name, operation, value)
                break
            unseen = "" if made else _unseen_field(linked, found)
            operation = owner.call_producing(ref) if unseen else None
            plain = library_class(linked.program, "django.db.models", "Field")
            if operation is not None and plain is not None:
                seen.add(name)
                yield Field(name, owner, operation, unseen, "", (), (unseen,), plain, typed=False)


def _unseen_field(linked: Linked, values: Iterable[Value]) -> str:
    """What the class of a field is called that is a library's out of view, or is derived from one: it is known by its name."""
    for description in (linked.values[value] for value in values):
        names: list[str] = []
        if description[0] == "X":
            names = [str(description[2]).removesuffix("()")]
        elif description[0] == "I":
            above = (
                linked.values[base] for base in linked.hierarchy.external_bases(linked.program.scopes[description[1]])
            )
            names = [str(base[2]) for base in above]
        for name in (full.rpartition(".")[2] for full in names):
            if name.endswith("Field") and not any(kind in name for kind in _NO_COLUMN):
                return name
    return ""


def _field(linked: Linked, cls: Scope, owner: Scope, name: str, operation: list[Any], value: int) -> Field:
    description = linked.values[value]
    relation = next((r for r in (ONE_TO_ONE, _FOREIGN_KEY, MANY_TO_MANY) if linked.is_instance_of(value, r)), "")
    targets: list[Scope] = []
    arguments = linked.hierarchy.bindings(
        linked.program.scopes[description[1]], description[2], _owner_of(linked, relation)
    )
    for target in arguments.get("T", ()) if relation else ():
        if linked.values[target][0] == "I":
            scope = linked.program.scopes[linked.values[target][1]]
            targets.append(cls if scope is owner else scope)
    field_class = linked.program.scopes[description[1]]
    typed = bool(targets)
    if relation and not targets:
        targets = named_target(linked, owner, operation, field_class)
    key = said_of_field(linked, field_class, "__between_key__") if relation and not targets else ""
    if key:
        between = _models_between(linked, owner, operation, field_class)
        targets = [t for model in between for f in fields(linked, model) if f.name == key for t in f.targets]
    kinds = tuple(scope.facts.name for scope in linked.hierarchy.order(field_class))
    return Field(name, owner, operation, kinds[0], relation, tuple(targets), kinds, field_class, typed)


def named_target(linked: Linked, owner: Scope, operation: list[Any], cls: Scope) -> list[Scope]:
    """What a relation of the project's own class points to: as its constructor says, or the first argument, as in the relation that it inherits from."""
    ref: Ref = keyword_ref(operation, "to")
    said = said_by_class(linked, cls, "to", 0) if ref == -1 else None
    if said is not None and _models_of(linked, *said):
        return _models_of(linked, *said)
    return _models_of(linked, owner, ref if ref != -1 else keyword_ref(operation, "to", 0))


def _models_of(linked: Linked, owner: Scope, ref: Ref) -> list[Scope]:
    """The models that a class, its name, or a setting that names it means."""
    if isinstance(ref, str) and owner.library:
        named = library_class(linked.program, owner.module.name, ref.rpartition(".")[2])
        return [named] if named is not None else []
    if isinstance(ref, str):
        return [cls for cls in linked.engine.references.find(ref, owner) if linked.inherits(cls, MODEL)]
    found: list[Scope] = []
    for description in (linked.values[value] for value in linked.names.evaluate(owner, ref)):
        if description[0] == "C":
            found.append(linked.program.scopes[description[1]])
        elif description[0] == "X":
            found += linked.engine.references.find_external(description)
    return [cls for cls in found if linked.inherits(cls, MODEL)]


def _owner_of(linked: Linked, definition: str) -> Scope:
    module, _, name = definition.partition(":")
    found = library_class(linked.program, module, name) if definition else None
    return found or linked.program.scopes[0]


def column_of(linked: Linked, field: Field) -> str:
    """The name of a field's column."""
    given = option(linked, field, "db_column")
    return given if isinstance(given, str) else field.name + ("_id" if field.relation else "")


def is_key(linked: Linked, field: Field) -> bool:
    """Whether a field is the primary key: as it says, or as the link to the row of the model above, which it says to be."""
    return option(linked, field, "primary_key") is True or is_link_above(linked, field)


def is_link_above(linked: Linked, field: Field) -> bool:
    """Whether a field stands in place of the link to the row of the model above that Django makes otherwise."""
    return field.relation == ONE_TO_ONE and option(linked, field, "parent_link") is True


def key_column(linked: Linked, cls: Scope) -> str:
    """The column of a model's primary key."""
    for field in fields(linked, cls):
        if is_key(linked, field):
            return column_of(linked, field)
    above = (p for p in linked.hierarchy.order(cls)[1:] if not p.library or "__tablename__" in p.facts.names)
    parents = (p for p in above if linked.inherits(p, MODEL))
    stored = next((p for p in parents if not is_abstract(p) and not is_proxy(linked, p)), None)
    return f"{stored.facts.name.lower()}_ptr_id" if stored is not None and not is_proxy(linked, cls) else "id"


def column_pointed_to(linked: Linked, field: Field, target: Scope) -> str:
    """The column that a key points to: the one that it names, or the primary key."""
    named = option(linked, field, "to_field")
    if isinstance(named, str):
        return next((column_of(linked, f) for f in fields(linked, target) if f.name == named), named)
    return key_column(linked, target)


def on_delete_of(linked: Linked, field: Field) -> str:
    """What becomes of a row when the row that a key points to is deleted: ``CASCADE`` and the like, ``SET`` for ``SET(value)``."""
    ref = keyword_ref(field.operation, "on_delete", 1)
    said = said_by_class(linked, field.cls, "on_delete", 1) if ref == -1 else None
    return _last_name(*(said or (field.owner, ref)))


def texts_of(linked: Linked, scope: Scope, ref: Ref) -> list[str] | None:
    """The texts in a list or tuple, whatever else is in it; None if it is no list in view."""
    given = linked.constant(scope, ref)
    if isinstance(given, (list, tuple)):
        return [text for text in given if isinstance(text, str)]
    made = scope.operations_producing(ref)
    listed = next((operation[3] for operation in made if operation[0] == Op.CONTAINER), None)
    return [text for text in listed if isinstance(text, str)] if listed is not None else None


def _last_name(scope: Scope, ref: Any, *, also_called: bool = True) -> str:
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.ATTRIBUTE:
            return str(operation[3])
        if operation[0] == Op.CALL and also_called:
            return _last_name(scope, operation[2], also_called=False)
        if operation[0] == Op.FROM:
            return str(operation[4])
        if operation[0] == Op.FREE:
            return str(operation[2])
    return ""
