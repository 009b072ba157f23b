"""Models of Odoo as what they are while it runs: all classes that declare one or add to it are one class, however many there are.

``records.confirm()`` runs each class's ``confirm``, as every one goes on to the next by ``super()``. Which of them come first depends on
the modules that are installed.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.effects import HOOK
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.models import odoo
from decompose.linking.libraries.models.bodies import declarations, models_of
from decompose.linking.libraries.models.odoo_records import Records, calls_of_methods
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

PACKAGES = ("odoo", "openerp")
_KINDS = ("Model", "TransientModel", "AbstractModel")
_NAMING = ("compute", "inverse", "search", "default", "selection", "group_expand", "related_sudo")
_CALLED_BY = frozenset({"depends", "onchange", "constrains", "ondelete", "autovacuum"})
"""Decorators of methods that the framework calls."""

_HOOKS = frozenset({"pre_init_hook", "post_init_hook", "post_load_hook", "post_load", "uninstall_hook"})
_INSTALLING = frozenset({"hooks", "__init__", "init_hook", "post_install", "init_hooks"})
_MAX_STEPS = 6


class Models:
    """The methods of each model of the application."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.methods: dict[str, dict[str, list[Scope]]] = {}
        self._parents: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self.declared: set[str] = set()
        """The models that a class of the application declares, and does not only add to."""
        for cls in models_of(linked, PACKAGES, _KINDS):
            model = odoo.model_of(cls)
            if isinstance(odoo.stated(cls, "_name"), str):
                self.declared.add(model)
            for name, ref in cls.facts.names.items() if model else ():
                function = cls.function_below(ref)
                if function is not None and function.facts.flavour == "":
                    self.methods.setdefault(model, {}).setdefault(name, []).append(function)
                    self.names.add(name)
            inherited = odoo.stated(cls, "_inherit")
            listed = inherited if isinstance(inherited, list) else [inherited]
            self._parents.setdefault(model, []).extend(
                name for name in listed if isinstance(name, str) and name != model
            )

    def named(self, model: str, name: str, steps: int = _MAX_STEPS) -> list[Scope]:
        """The methods of a name that a model has, of its own classes or else of the models that it inherits from."""
        own = self.methods.get(model, {}).get(name, [])
        if own or not steps:
            return own
        return [found for parent in self._parents.get(model, ()) for found in self.named(parent, name, steps - 1)]


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Methods of models that do not begin with an underscore: pages, buttons and other programs call them by their names.

    Also each class, as rows are made, changed and deleted in the same way, and what is run when an application is installed.
    """
    for cls in models_of(linked, PACKAGES, _KINDS):
        if odoo.model_of(cls) and not odoo.is_abstract(linked, cls):
            told = f"ANY /web/dataset/call_kw/{odoo.model_of(cls)}"
            yield FoundEntry("http", told, cls, cls.module.file, cls.facts.line)
    for module in linked.program.modules:
        for scope in module.scopes if not module.library and module.name.rpartition(".")[2] in _INSTALLING else ():
            if scope.is_function and scope.parent is module.top and scope.facts.name in _HOOKS:
                yield FoundEntry("command", f"{scope.facts.name} {module.name}", scope, module.file, scope.facts.line)
    for model, methods in Models(linked).methods.items():
        for name, functions in methods.items() if model else ():
            for function in functions if not name.startswith("_") else ():
                told = f"ANY /web/dataset/call_kw/{model}/{name}"
                yield FoundEntry("http", told, function, function.module.file, function.facts.line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From calls on records to the methods of all classes of their model, and from classes to the methods that Odoo calls."""
    models = Models(linked)
    if not models.names:
        return
    yield from _hooks(linked, models)
    records = Records(linked)
    for site, name, asked in calls_of_methods(linked):
        scope = site.frame.scope
        model = records.model(scope, asked) if name in models.names else ""
        for function in models.named(model, name) if model else ():
            if function is not scope:
                yield Wire(scope, site.line, function, "call", f"method of the model {model}")


def _hooks(linked: Linked, models: Models) -> Iterator[Wire]:
    """What fields name, what decorators of the framework mark, and what is added to models that are declared elsewhere."""
    for model, methods in models.methods.items():
        for function in [f for own in methods.values() for f in own] if model not in models.declared else ():
            if function.parent is not None:
                rule = f"{HOOK}the model {model}, which is declared elsewhere, may call"
                yield Wire(function.parent, function.parent.facts.line, function, "callback", rule)
    for cls in models_of(linked, PACKAGES, _KINDS):
        for declared in declarations(linked, cls):
            for keyword, ref in declared.operation[4]:
                member = linked.hierarchy.member(cls, ref) if keyword in _NAMING and isinstance(ref, str) else None
                named = member.owner.function_below(member.ref) if member is not None else None
                if named is not None and not named.library:
                    yield Wire(cls, cls.facts.line, named, "callback", f"{HOOK}a field calls for its {keyword}")
    for site, module, name in linked.external_sites():
        if (
            module.partition(".")[0] not in PACKAGES
            or name.rpartition(".")[2] not in _CALLED_BY
            or site.kind == "decorate"
        ):
            continue
        for decoration in linked.decorations(site):
            for handler in linked.handlers(decoration, decoration.arguments[0]):
                if handler.parent is not None:
                    rule = f"{HOOK}Odoo calls, by {name.rpartition('.')[2]}"
                    yield Wire(handler.parent, decoration.line, handler, "callback", rule)
