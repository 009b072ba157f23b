"""django-lifecycle: methods of a model that its own ``save`` and ``delete`` call, as a decorator says."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.effects import AFTER_COMMIT, ANSWERING, WHERE_INSERTED, WHERE_UPDATED
from decompose.linking.libraries.django_saved_rows import told_of_rows
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Wire

_HOOKED = "django_lifecycle:LifecycleModelMixin"
_MOMENTS = {
    "insert": frozenset({"before_save", "before_create", "after_save", "after_create"}),
    "update": frozenset({"before_save", "before_update", "after_save", "after_update"}),
    "delete": frozenset({"before_delete", "after_delete"}),
}
_OF_ROWS = {"create": WHERE_INSERTED, "update": WHERE_UPDATED}
_PASSED_BY = frozenset(f"django.db.models:{cls}.delete" for cls in ("QuerySet", "Manager"))
"""A query deletes its rows without their own method; signals are sent all the same."""

_Happening = tuple[Scope, int, Value, int, str, str]


def wires(linked: Linked) -> Iterator[Wire]:
    """From each line that saves or deletes a row to the methods of its class that wait for that."""
    hooks = _hooks(linked)
    happening: dict[_Happening, list[str]] = {}
    for told in told_of_rows(linked, _MOMENTS, _PASSED_BY) if hooks else ():
        for name, moment, rule in hooks.get(told.model, ()):
            if moment in told.signals:
                key = told.scope, told.line, told.acting, told.model, name, rule
                happening.setdefault(key, []).append(told.answering.removeprefix(ANSWERING))
    for (scope, line, acting, model, name, rule), answering in happening.items():
        method = linked.bound_method(linked.program.scopes[model], name)
        if method is not None:
            words = dict.fromkeys(word for several in answering for word in several.split())
            told_by = f"{ANSWERING}{' '.join(words)}" if all(answering) and rule != AFTER_COMMIT else ""
            row = linked.values.instance(model)
            yield Wire(scope, line, method[0], "signal", f"{rule}{told_by}", receiver=acting, acting=row)


def _hooks(linked: Linked) -> dict[int, list[tuple[str, str, str]]]:
    """Model -> names of its methods, of itself or inherited, with the moment that each waits for and the rule that says so."""
    declared: dict[int, list[tuple[str, str, str]]] = {}
    for site in linked.sites_calling("django_lifecycle:hook"):
        scope = site.frame.scope
        moment = linked.keyword(scope, site.operation, "hook", 0)
        if not isinstance(moment, str) or scope.is_function:
            continue
        after = linked.keyword(scope, site.operation, "on_commit") is True
        when, _, what = moment.partition("_")
        rule = AFTER_COMMIT if after else f"hooked to {when} {what}{_OF_ROWS.get(what, '')}"
        for decoration in linked.decorations(site):
            for function in linked.handlers(decoration, decoration.arguments[0]):
                declared.setdefault(scope.index, []).append((function.facts.name, moment, rule))
    found: dict[int, list[tuple[str, str, str]]] = {}
    for model in linked.application_classes() if declared else ():
        if linked.inherits(model, _HOOKED):
            found[model.index] = _of_model(linked, model, declared)
    return found


def _of_model(
    linked: Linked, model: Scope, declared: dict[int, list[tuple[str, str, str]]]
) -> list[tuple[str, str, str]]:
    """A method that a class below defines anew is hooked only as that says."""
    hooks = []
    for owner in linked.hierarchy.order(model):
        for hook in declared.get(owner.index, ()):
            member = linked.hierarchy.member(model, hook[0])
            if member is not None and member.owner is owner:
                hooks.append(hook)
    return list(dict.fromkeys(hooks))


_SUMMARY = """
from typing import TypeVar

from django.db.models import Model

F = TypeVar("F")

BEFORE_SAVE = "before_save"
AFTER_SAVE = "after_save"
BEFORE_CREATE = "before_create"
AFTER_CREATE = "after_create"
BEFORE_UPDATE = "before_update"
AFTER_UPDATE = "after_update"
BEFORE_DELETE = "before_delete"
AFTER_DELETE = "after_delete"

class Hooking:
    def __call__(self, method: F) -> F: ...

def hook(hook, when=None, when_any=None, was="*", is_now="*", **options) -> Hooking: ...

class LifecycleModelMixin:
    def initial_value(self, field_name): ...
    def has_changed(self, field_name) -> bool: ...

class LifecycleModel(LifecycleModelMixin, Model):
    class Meta:
        abstract = True
"""
_FORWARDED = "from django_lifecycle import {}"
_HOOK_NAMES = ", ".join(
    f"{when}_{what}" for when in ("BEFORE", "AFTER") for what in ("SAVE", "CREATE", "UPDATE", "DELETE")
)

FRAMEWORK = Framework(
    name="django-lifecycle",
    summaries={
        "django_lifecycle": _SUMMARY,
        "django_lifecycle.hooks": _FORWARDED.format(_HOOK_NAMES),
        "django_lifecycle.decorators": _FORWARDED.format("hook"),
        "django_lifecycle.mixins": _FORWARDED.format("LifecycleModelMixin"),
        "django_lifecycle.models": _FORWARDED.format("LifecycleModel"),
    },
    wires=(wires,),
    examples=(
        Example(
            """
            from django.db import models
            from django_lifecycle import AFTER_CREATE, AFTER_DELETE, BEFORE_SAVE, LifecycleModel, LifecycleModelMixin, hook
            from django_lifecycle.hooks import AFTER_UPDATE

            class Hooked(LifecycleModelMixin, models.Model):
                class Meta:
                    abstract = True

                @hook(BEFORE_SAVE)
                def check(self): self.log()

                def log(self): pass

            class Order(Hooked):
                @hook(AFTER_CREATE, when="total", is_not=None)
                @hook("after_update")
                def index(self): pass

                @hook(AFTER_DELETE, on_commit=True)
                def forget(self): pass

                def log(self): pass

            class Draft(Hooked):
                def check(self): pass

            class Bill(LifecycleModel):
                @hook(AFTER_UPDATE)
                def announce(self): pass

            def add(): Order.objects.create(total=1)
            def draft(): Draft.objects.create()
            def bill(): Bill.objects.create()
            def pay(bill: Bill): bill.save(update_fields=["paid"])
            def drop(order: Order): order.delete()
            def drop_all(): Order.objects.filter(total=0).delete()
            def many(): Order.objects.filter(total=0).update(total=1)
            """,
            calls=frozenset(
                {
                    "m:add -[signal]-> m:Hooked.check",
                    "m:add -[signal]-> m:Order.index",
                    "m:Hooked.check -[call]-> m:Hooked.log",
                    "m:Hooked.check -[call]-> m:Order.log",
                    "m:pay -[signal]-> m:Bill.announce",
                    "m:drop -[signal]-> m:Order.forget",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            from django.db import models

            AFTER_CREATE = "after_create"
            def hook(moment): return lambda method: method

            class Order(models.Model):
                @hook(AFTER_CREATE)
                def index(self): pass

            def add(): Order.objects.create()
            """,
            calls=frozenset({"m:Order -[call]-> m:hook", "m:Order -[decorate]-> m:hook"}),
        ),
    ),
)
