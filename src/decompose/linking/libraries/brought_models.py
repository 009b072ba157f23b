"""Django's models of packages that are not in view: ``from django_celery_beat.models import PeriodicTask``.

What an application uses as a model and imports from a module of models is one, and its table is called as Django calls it where
nothing is said otherwise: the package before ``models``, and the class. So is what a relation names by a string,
``ForeignKey("cities.City")``, where no class of the application is called so. A package whose tables are called otherwise has a summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from decompose.facts import FileFacts, Op, ScopeKind
from decompose.facts.records import ScopeFacts
from decompose.linking.engine import Engine
from decompose.linking.libraries.summaries import summarised_modules
from decompose.linking.program import Program

_FRAMEWORK = "django"
_MODELS = "models"
_OF_MODELS = frozenset(
    {"objects", "_default_manager", "_base_manager", "_meta", "DoesNotExist", "MultipleObjectsReturned"}
)
_RELATIONS = ("ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey", "ParentalManyToManyField")
_LABELLED = re.compile(r"([a-z]\w*)\.([A-Z]\w*)")
_HEAD = "from django.db.models import OutsideModel\n"


def brought_models(files: Sequence[FileFacts], in_view: frozenset[str]) -> dict[str, str]:
    """Module -> the text of its summary, for the modules of models that are used and whose package is not ``in_view``."""
    if not any(_FRAMEWORK in facts.packages for facts in files):
        return {}
    summarised = summarised_modules()
    found: dict[str, set[str]] = {}
    named: set[tuple[str, str]] = set()
    for facts in files:
        imported = {
            node: (module, name)
            for node, module, name in _imported(facts)
            if module.partition(".")[0] not in in_view and module not in summarised
        }
        for module, name in _used_as_models(facts, imported) if imported else ():
            found.setdefault(module, set()).add(name)
        if _FRAMEWORK in facts.packages:
            named.update(_named_by_relations(facts))
    known = {name for names in found.values() for name in names}
    if named:
        known |= {s.name for facts in files for s in facts.scopes if s.kind == ScopeKind.CLASS}
    told = {part for module in summarised for part in module.split(".")} if named else set()
    for label, name in named:
        if name not in known and label not in in_view and label not in told:
            found.setdefault(f"{label}.{_MODELS}", set()).add(name)
    return {
        module: _HEAD + "".join(_class(module, n) for n in sorted(names)) for module, names in sorted(found.items())
    }


def name_models_of_packages(program: Program, engine: Engine) -> None:
    """Models of packages can be named by strings: by the package and the class, and by what their table begins with."""
    for module in program.modules:
        if not module.library or _MODELS not in module.name.split("."):
            continue
        for cls in module.scopes:
            table = cls.facts.names.get("__tablename__") if cls.facts.kind == ScopeKind.CLASS else None
            if isinstance(table, str):
                labels = {label_of(module.name), table.removesuffix(f"_{cls.facts.name.lower()}")}
                for label in sorted(labels):
                    engine.references.known.setdefault(f"{label}.{cls.facts.name}", cls)


def suppose_tables(program: Program, engine: Engine, modules: Iterable[str]) -> None:
    """That the table of a model of a package has its usual name is not proved by anything in view."""
    for name in modules:
        for cls in program.by_name[name].scopes:
            if cls.facts.kind == ScopeKind.CLASS:
                package = name.partition(f".{_MODELS}")[0]
                engine.supposed[cls.index] = f"taken for a model of {package} with a table of the usual name"


def label_of(module: str) -> str:
    """The package that a module of models is of, as Django names it: ``account`` of ``allauth.account.models``."""
    return module.partition(f".{_MODELS}")[0].rpartition(".")[2]


def _class(module: str, name: str) -> str:
    return f'class {name}(OutsideModel):\n    __tablename__ = "{label_of(module)}_{name.lower()}"\n'


def _imported(facts: FileFacts) -> Iterator[tuple[int, str, str]]:
    """What a file's top level imports from modules of models: the node, the module and the name."""
    for operation in facts.scopes[0].ops if facts.scopes else ():
        if (
            operation[0] == Op.FROM
            and not operation[2]
            and _MODELS in operation[3].split(".")[1:]
            and operation[4][:1].isupper()
        ):
            yield operation[1], operation[3], operation[4]


def _used_as_models(facts: FileFacts, imported: dict[int, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Those of the imported names that are asked for what only models have, or that relations lead to."""
    called = {
        name: imported[ref] for name, ref in facts.scopes[0].names.items() if type(ref) is int and ref in imported
    }
    for number, scope in enumerate(facts.scopes):
        meant = {o[1]: called[o[2]] for o in scope.ops if o[0] == Op.FREE and o[2] in called}
        if not number:
            meant |= imported
        relations = _relations(scope) if meant else frozenset()
        for operation in scope.ops if meant else ():
            if operation[0] == Op.ATTRIBUTE and operation[2] in meant and operation[3] in _OF_MODELS:
                yield meant[operation[2]]
            elif operation[0] == Op.CALL and operation[2] in relations:
                given = [*operation[3][:1], *(ref for name, ref in operation[4] if name in ("to", "through"))]
                yield from (meant[ref] for ref in given if type(ref) is int and ref in meant)


def _named_by_relations(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """The package and the class that relations of classes name by strings."""
    for scope in facts.scopes:
        relations = _relations(scope) if scope.kind == ScopeKind.CLASS else frozenset()
        for operation in scope.ops if relations else ():
            if operation[0] == Op.CALL and operation[2] in relations:
                for ref in (*operation[3][:1], *(ref for name, ref in operation[4] if name == "to")):
                    text = ref[1] if isinstance(ref, list) and ref[0] == "c" else ref
                    named = _LABELLED.fullmatch(text) if isinstance(text, str) else None
                    if named is not None:
                        yield named[1], named[2]


def _relations(scope: ScopeFacts) -> frozenset[int]:
    """The nodes that are fields which lead to other models."""
    named = {Op.FREE: 2, Op.ATTRIBUTE: 3, Op.FROM: 4}
    return frozenset(o[1] for o in scope.ops if o[0] in named and o[named[o[0]]] in _RELATIONS)
