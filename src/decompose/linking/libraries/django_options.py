"""Django models as wholes: what their options say, the names of their tables, and in whose table their rows are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from decompose.linking.linked import Linked
from decompose.linking.making import metaclass
from decompose.linking.program import Program, Scope

if TYPE_CHECKING:
    from decompose.linking.engine import Engine

MODEL = "django.db.models:Model"


def in_other_tables(linked: Linked, cls: Scope) -> set[int]:
    """The ancestors of a model whose fields are stored in the table of another: concrete models, and what is above them."""
    above = linked.hierarchy.order(cls)[1:]
    stored = [p for p in above if not p.library or "__tablename__" in p.facts.names]
    concrete = [p for p in stored if linked.inherits(p, MODEL) and not is_abstract(p)]
    return {scope.index for parent in concrete for scope in linked.hierarchy.order(parent)}


TRANSLATES = "__translates__"
"""The name by which the class of a model's translations has the model."""

OPTIONS_OF_TRANSLATIONS = "__options_of_translations__"
"""The name by which it has the options that it is made with."""


def table_name(linked: Linked, cls: Scope) -> str:
    """The name of a model's table: as given, or as Django makes it."""
    given = cls.facts.names.get("__tablename__") if cls.library else _meta(cls, "db_table")
    if isinstance(given, str):
        return given.strip('"').replace('"."', ".")
    model = translated_model(linked, cls)
    if model is not None:
        return f"{table_name(linked, model)}_translation"
    return f"{app_label(linked, cls)}_{cls.facts.name.lower()}"


def translated_model(linked: Linked, cls: Scope) -> Scope | None:
    """The model whose translations a class keeps; None for other classes."""
    ref = cls.facts.names.get(TRANSLATES)
    values = linked.names.evaluate(cls, ref) if ref is not None else ()
    described = (linked.values[value] for value in values)
    return next((linked.program.scopes[d[1]] for d in described if d[0] == "C"), None)


def mapped_class(linked: Linked, cls: Scope) -> Scope:
    """The model whose table a model uses: itself, or for a proxy the first concrete one above it."""
    if is_proxy(linked, cls):
        for parent in linked.hierarchy.order(cls)[1:]:
            if linked.inherits(parent, MODEL) and not is_abstract(parent) and not is_proxy(linked, parent):
                return parent
    return cls


def is_proxy(linked: Linked, cls: Scope) -> bool:
    """Whether a model only looks differently at the table of another."""
    return bool(_meta(cls, "proxy")) or is_kept_above(linked, cls) or _is_made_proxy(linked, cls)


def _is_made_proxy(linked: Linked, cls: Scope) -> bool:
    """Whether the metaclass gives a model that states no options a ``Meta`` of its own, which says so."""
    maker = metaclass(linked.engine, cls) if meta_of(cls) is None else None
    if maker is None or maker.library:
        return False
    member = linked.hierarchy.member(maker, "__new__")
    function = member.owner.function_below(member.ref) if member is not None else None
    given = (s for s in maker.module.scopes if s.parent is function and s.facts.name == "Meta" and not s.is_function)
    return function is not None and any(scope.facts.names.get("proxy") == ["c", True] for scope in given)


def is_kept_above(linked: Linked, cls: Scope) -> bool:
    """Whether a library keeps the rows of a model, with the fields that it declares, in the table of a model above."""
    keeping = linked.hierarchy.member(cls, "__keeps_models_below__")
    return keeping is not None and any(
        keeping.owner in linked.hierarchy.order(parent) and not parent.library and not is_abstract(parent)
        for parent in linked.hierarchy.order(cls)[1:]
    )


def is_abstract(cls: Scope) -> bool:
    """Whether a model has no table of its own."""
    return bool(_meta(cls, "abstract"))


def stored_parents(linked: Linked, cls: Scope) -> list[Scope]:
    """The models whose tables hold the inherited part of a model's rows, nearest first."""
    above = linked.hierarchy.order(cls)[1:]
    models = [p for p in above if linked.inherits(p, MODEL) and not is_abstract(p) and not is_proxy(linked, p)]
    return [p for p in models if not p.library or "__tablename__" in p.facts.names]


def meta_of(cls: Scope) -> Scope | None:
    """The class ``Meta`` in the body of a model."""
    return next((s for s in cls.module.scopes if s.parent is cls and s.facts.name == "Meta"), None)


def metas(linked: Linked, cls: Scope) -> Iterator[Scope]:
    """Where the options of a model stand: its own ``Meta`` and what that inherits, or that of an abstract model above."""
    elsewhere = in_other_tables(linked, cls)
    for owner in linked.hierarchy.order(cls):
        if owner.index in elsewhere or (owner is not cls and not is_abstract(owner)):
            continue
        found = meta_of(owner)
        if found is not None:
            yield from (scope for scope in linked.hierarchy.order(found) if not scope.library)
            return


def _meta(cls: Scope, name: str) -> Any:
    found = meta_of(cls)
    ref = found.facts.names.get(name) if found is not None else None
    return ref[1] if isinstance(ref, list) and ref[0] == "c" else ref


def app_label(linked: Linked, cls: Scope) -> str:
    """The label of the app that a model belongs to."""
    given = _meta(cls, "app_label")
    if isinstance(given, str):
        return given
    labels = app_labels(linked)
    parts = cls.module.name.split(".")
    for end in range(len(parts), 0, -1):
        label = labels.get(".".join(parts[:end]))
        if label is not None:
            return label
    before = parts[: parts.index("models")] if "models" in parts else parts[:-1]
    return before[-1] if before else parts[-1]


_LABELS: WeakKeyDictionary[Program, dict[str, str]] = WeakKeyDictionary()


def app_labels(linked: Linked) -> dict[str, str]:
    """Package -> label, of the apps that settings install or whose configurations name them."""
    known = _LABELS.get(linked.program)
    if known is None:
        known = _LABELS[linked.program] = {package: package.rpartition(".")[2] for package in _installed(linked)}
        known.update(_configured(linked.program))
    return known


def name_labels(program: Program, engine: Engine) -> None:
    """Tell by what labels strings name the models of packages: ``"shop_orders.Order"``."""
    for package, label in _configured(program):
        engine.references.labels.setdefault(label.lower(), package.lower())


def _configured(program: Program) -> Iterator[tuple[str, str]]:
    """Package and label of each app that has a configuration."""
    for cls in program.classes():
        name = cls.facts.names.get("name")
        if not cls.library and isinstance(name, str) and "Config" in cls.facts.name:
            label = cls.facts.names.get("label")
            yield name, label if isinstance(label, str) else name.rpartition(".")[2]


def _installed(linked: Linked) -> Iterator[str]:
    """The packages that settings list as apps, where they write the list down."""
    for module in linked.program.modules:
        if not module.library and "settings" in module.name:
            listed = linked.constant(module.top, module.top.facts.names.get("INSTALLED_APPS", -1))
            if isinstance(listed, (list, tuple)):
                yield from (name for name in listed if isinstance(name, str) and name in linked.program.by_name)
