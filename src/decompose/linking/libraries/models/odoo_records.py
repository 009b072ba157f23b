"""Odoo: what methods of record sets do to tables. A record set is of the model that ``env["sale.order"]`` names, or of that of its class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundAccess
from decompose.linking.frames import Site
from decompose.linking.libraries.models import odoo
from decompose.linking.libraries.models.bodies import declarations, models_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_OPERATIONS = {
    **dict.fromkeys(
        ("search", "search_read", "search_count", "search_fetch", "read", "read_group", "_read_group", "name_search", "fetch",
         "web_search_read", "web_read", "exists"), "read",
    ),
    **dict.fromkeys(("create", "copy", "name_create"), "insert"),
    **dict.fromkeys(("write", "update", "toggle_active", "action_archive", "action_unarchive"), "update"),
    "unlink": "delete",
}  # fmt: skip
_SAME_MODEL = frozenset(
    """sudo with_context with_user with_company with_env with_prefetch browse search create copy filtered filtered_domain
    sorted exists union concat ensure_one new""".split()
)
"""Methods that give records of the model that they are called of."""

_OF_ENVIRONMENT = {"user": "res.users", "company": "res.company", "companies": "res.company", "lang": "res.lang"}
_RELATIONS = frozenset({"Many2one", "One2many", "Many2many"})
_MAX_STEPS = 12
UNKNOWN = "?"
"""A model whose name only running tells."""


def accesses(linked: Linked) -> Iterator[FoundAccess]:
    """Each call of such a method of records whose model is known; a model that is computed is one of an unknown name."""
    if not any(not m.library and {"odoo", "openerp"} & set(m.facts.packages) for m in linked.program.modules):
        return
    records = Records(linked)
    for site, name, asked in calls_of_methods(linked):
        operation = _OPERATIONS.get(name)
        model = records.model(site.frame.scope, asked) if operation else ""
        if operation and model == UNKNOWN:
            yield FoundAccess(site, "", operation, f"Model.{name}")
        elif operation and model and model not in records.abstract:
            yield FoundAccess(site, records.table(model), operation, f"Model.{name}")


def calls_of_methods(linked: Linked) -> Iterator[tuple[Site, str, Ref]]:
    """The calls in the application whose callee is an attribute: the name of that, and what it is asked of."""
    for site in linked.engine.sites:
        scope = site.frame.scope
        if site.kind == "call" and not scope.library:
            for asked in scope.operations_producing(site.operation[2]):
                if asked[0] == Op.ATTRIBUTE:
                    yield site, asked[3], asked[2]


class Records:
    """Of which model the records are that a value holds."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.abstract: set[str] = set()
        self._models: dict[int, str] = {}
        self._tables: dict[str, str] = {}
        self._relations: dict[str, dict[str, str]] = {}
        self._known: dict[tuple[int, int], str] = {}
        for cls in models_of(linked, ("odoo", "openerp"), ("Model", "TransientModel", "AbstractModel")):
            model = odoo.model_of(cls)
            if not model:
                continue
            self._models[cls.index] = model
            self._tables.update(odoo.stated_table(cls, model))
            if odoo.is_abstract(linked, cls):
                self.abstract.add(model)
            for declared in declarations(linked, cls):
                target = linked.keyword(declared.owner, declared.operation, "comodel_name", 0)
                if declared.called in _RELATIONS and isinstance(target, str):
                    self._relations.setdefault(model, {})[declared.name] = target

    def table(self, model: str) -> str:
        return self._tables.get(model) or odoo.table_of(model)

    def model(self, scope: Scope, ref: Ref, steps: int = _MAX_STEPS) -> str:
        """The name of the model; empty where the value is not seen to be records."""
        if type(ref) is not int or ref < 0 or not steps:
            return ""
        key = (scope.index, ref)
        if key not in self._known:
            self._known[key] = ""  # for what goes in a circle
            found = {self._made(scope, operation, steps - 1) for operation in scope.operations_producing(ref)} - {""}
            if not found and scope.is_method and scope.facts.parameters and scope.facts.parameters[0][1] == ref:
                found = {self._own(scope)}
            self._known[key] = found.pop() if len(found) == 1 else ""
        return self._known[key]

    def _made(self, scope: Scope, operation: list[Any], steps: int) -> str:
        base = operation[2]
        match operation[0]:
            case Op.COPY | Op.ITERATE | Op.NARROW:
                return self.model(scope, base, steps)
            case Op.BINARY:
                return self.model(scope, base, steps) or self.model(scope, operation[3], steps)
            case Op.ITEM:
                if self._is_environment(scope, base):
                    return operation[3] if isinstance(operation[3], str) else self._named(scope, operation[3])
                return self.model(scope, base, steps)
            case Op.ATTRIBUTE:
                if self._is_environment(scope, base):
                    return _OF_ENVIRONMENT.get(str(operation[3]), "")
                return self._relations.get(self.model(scope, base, steps), {}).get(str(operation[3]), "")
            case Op.FREE:
                return self._around(scope, str(operation[2]), steps)
            case Op.CALL:
                for called in scope.operations_producing(base):
                    if called[0] == Op.ATTRIBUTE and called[3] in _SAME_MODEL:
                        return self.model(scope, called[2], steps)
                    if called[0] == Op.FREE and called[2] == "super":
                        return self._own(scope)
        return ""

    def _named(self, scope: Scope, ref: Ref) -> str:
        constant = self.linked.constant(scope, ref)
        return constant if isinstance(constant, str) and HOLE not in constant else UNKNOWN

    def _own(self, scope: Scope) -> str:
        while scope.parent is not None and scope.parent.is_function:
            scope = scope.parent
        return self._models.get(scope.parent.index, "") if scope.parent is not None else ""

    def _around(self, scope: Scope, name: str, steps: int) -> str:
        """What a function around this one calls so."""
        outer = scope.parent
        while outer is not None and outer.is_function:
            given = next((p[1] for p in outer.facts.parameters if p[0] == name), outer.facts.names.get(name, -1))
            if type(given) is int and given >= 0:
                return self.model(outer, given, steps)
            outer = outer.parent
        return ""

    def _is_environment(self, scope: Scope, ref: Ref, steps: int = _MAX_STEPS) -> bool:
        if any(p[1] == ref and p[0] == "env" for p in scope.facts.parameters):
            return True
        for operation in scope.operations_producing(ref):
            if operation[0] == Op.ATTRIBUTE and operation[3] == "env":
                return True
            if operation[0] == Op.COPY and steps and self._is_environment(scope, operation[2], steps - 1):
                return True
            if operation[0] == Op.CALL and any(
                o[0] in (Op.ATTRIBUTE, Op.FREE) and "Environment" in o for o in scope.operations_producing(operation[2])
            ):
                return True
        return False
