"""Django's model signals: who saves or deletes an object makes the receivers of the signal run, which are given the object."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.libraries.django_connections import (
    Connected,
    classes_among,
    connected_in_rows,
    rows_between,
    senders_named,
)
from decompose.linking.libraries.django_saved_rows import told_of_rows
from decompose.linking.libraries.django_schema import user_model
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_SIGNALS = "django.db.models.signals"
OF_RELATIONS = "m2m_changed"
"""The signal that is sent for a change of a many-to-many relation; the row itself is neither saved nor deleted."""

_SIGNALS_OF_USERS = "django.contrib.auth.signals"


class Receiver(NamedTuple):
    """A function that receives a signal of some classes; of all, if there are none. ``values``: what was connected, decorated.

    A function that is connected without a sender and leaves at once for objects of other classes than some receives it of those;
    Django itself does not know that, and tells it of all (``of_all``). ``between``: the rows between two models, by which a sender
    names a many-to-many relation.
    """

    signal: str
    senders: frozenset[int]
    function: Scope
    values: frozenset[Value]
    between: frozenset[Value] = frozenset()
    of_all: bool = False


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """From each line that saves or deletes to the receivers for the class, with the object that they are given."""
    receivers = list(dict.fromkeys(r for r in receivers_of_models(linked) if r.signal != OF_RELATIONS))
    if not receivers:
        return
    for receiver in receivers:
        for sender in sorted(receiver.senders - {-1}):
            for value in sorted(receiver.values):
                yield Given(value, "sender", linked.class_value(sender))
                yield Given(value, "instance", linked.values.instance(sender))
    for told in told_of_rows(linked):
        for receiver in receivers:
            fits = not receiver.senders or told.model in receiver.senders
            if fits and receiver.signal in told.signals:
                said = f"receives {receiver.signal}{told.answering}"
                row = linked.values.instance(told.model)
                wire = Wire(told.scope, told.line, receiver.function, "signal", said, receiver=told.acting)
                yield wire._replace(row=row, by=("sender", "instance"))


def users_given(linked: Linked) -> Iterator[Wire | Given]:
    """Who listens to logins and logouts is given the user."""
    model = user_model(linked)
    if model is not None:
        user = linked.values.instance(model.index)
        for receiver in receivers_of(linked, _SIGNALS_OF_USERS):
            yield from (Given(value, "user", user) for value in sorted(receiver.values))


def receivers_of_models(linked: Linked) -> Iterator[Receiver]:
    """What is connected to the signals of models."""
    return receivers_of(linked, _SIGNALS)


def receivers_of(linked: Linked, home: str) -> Iterator[Receiver]:
    """What is connected to the signals of a module."""
    for receiver in _connected(linked, home):
        asked = frozenset[int]() if receiver.senders else _asked_for(linked, receiver.function)
        yield receiver._replace(senders=asked or receiver.senders, of_all=not receiver.senders)


def _asked_for(linked: Linked, function: Scope) -> frozenset[int]:
    """The classes that a receiver asks its sender or the object to be of, before it does anything; none if it does not ask."""
    first = next((name for name, *_ in function.facts.parameters if name not in ("self", "cls")), "")
    found: set[int] | None = None
    for name in (first, "instance"):
        trees = function.facts.guards.get(name, ())
        types = [value for tree in trees for value in linked.names.types(function, tree)]
        bases = [linked.values[value][1] for value in types if linked.values[value][0] == "I"]
        if bases:
            hierarchy = linked.engine.hierarchy
            classes = linked.application_classes()
            kinds = {c.index for c in classes if any(hierarchy.is_subclass(c.index, base) for base in bases)}
            found = kinds if found is None else found & kinds
    return frozenset(found or ())


def _connected(linked: Linked, home: str) -> Iterator[Receiver]:
    for site in linked.sites_calling("django.dispatch:receiver"):
        for decoration in linked.decorations(site):
            for function in linked.handlers(decoration, decoration.arguments[0]):
                values = linked.argument_values(decoration, decoration.arguments[0])
                yield from _receiver(linked, home, site, function, values)
    makers = Makers(linked)
    for site, signals in _signals_connected(linked, home).items():
        connected = site.argument(0, "receiver")
        values = linked.argument_values(site, connected)
        functions = list(linked.handlers(site, connected))
        mixed = len(signals) > 1 or len(functions) > 1
        rows = connected_in_rows(linked, makers, site, connected, partial(_signal, home)) if mixed else []
        if not {row.function for row in rows}.issuperset(functions):
            rows = [Connected(signal, function, None) for signal in signals for function in functions]
        for row in rows:
            sender = (
                None
                if row.sender is None
                else classes_among(linked, linked.names.evaluate(row.sender.scope, row.sender.operation[1]))
            )
            own = frozenset(value for value in values if row.function in linked.functions_among([value]))
            yield Receiver(
                row.signal,
                sender or senders_named(linked, site, 1),
                row.function,
                own or values,
                rows_between(linked, site, 1),
            )


def _signals_connected(linked: Linked, home: str) -> dict[Site, list[str]]:
    """The calls that connect signals of a module, each with those that it may connect."""
    found: dict[Site, list[str]] = {}
    for site, module, name in linked.external_sites(kind="call", ending=".connect"):
        signal = _signal(home, module, name.removesuffix(".connect"))
        if signal:
            found.setdefault(site, []).append(signal)
    return found


def _receiver(linked: Linked, home: str, site: Site, function: Scope, values: frozenset[Value]) -> Iterator[Receiver]:
    scope, signals = site.frame.scope, site.argument(0, "signal")
    refs = [signals]
    for operation in scope.operations_producing(signals):
        if operation[0] == Op.CONTAINER:
            refs = operation[3]
    for ref in refs:
        for value in linked.names.evaluate(scope, ref):
            description = linked.values[value]
            signal = _signal(home, description[1], description[2]) if description[0] == "X" else ""
            if signal:
                yield Receiver(signal, senders_named(linked, site), function, values, rows_between(linked, site))


def _signal(home: str, module: str, name: str) -> str:
    """The signal of a module that something outside is, however it was imported; "" for anything else."""
    found, _, signal = f"{module}.{name}".rpartition(".")
    return signal if found == home else ""


_MODELS = """
    from django.db import models
    class Order(models.Model): pass
    class Other(models.Model): pass
"""

FRAMEWORK = Framework(
    name="Django's model signals",
    summaries={},
    packages=("django",),
    wires=(wires, users_given),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django.db.models.signals import post_delete, post_save, pre_save
                    from django.dispatch import receiver
                    from shop.models import Order, Other
                    @receiver([pre_save, post_save], sender="shop.Order")
                    def saved(sender, **kwargs): pass
                    def deleted(sender, **kwargs): pass
                    post_delete.connect(deleted, sender=Order)
                    def quiet(): post_delete.disconnect(deleted, sender=Order)
                    def pay(order: Order): order.save()
                    def make(): Order.objects.create()
                    def drop(order: Order): order.delete()
                    def many(): Order.objects.update(x=1)
                    def other(thing: Other): thing.save()
                """,
            },
            entries=frozenset({"signal pre_save, post_save -> shop.m:saved", "signal post_delete -> shop.m:deleted"}),
            calls=frozenset(
                {
                    "shop.m: -[callback]-> shop.m:deleted",
                    "shop.m:pay -[signal]-> shop.m:saved",
                    "shop.m:make -[signal]-> shop.m:saved",
                    "shop.m:drop -[signal]-> shop.m:deleted",
                }
            ),
        ),
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
                    from shop.models import Order, Other
                    def saved(sender, **kwargs): pass
                    def deleted(sender, **kwargs): pass
                    def saving(sender, **kwargs): pass
                    def always(sender, **kwargs): pass
                    for signal, handler, model in ((post_save, saved, Order), (post_delete, deleted, Other)):
                        signal.connect(handler, sender=model)
                    HANDLERS = {pre_save: [saving, always], pre_delete: [always]}
                    def ready():
                        for signal, handlers in HANDLERS.items():
                            for handler in handlers:
                                signal.connect(handler, sender=Order)
                    def pay(order: Order): order.save()
                    def drop(order: Order): order.delete()
                    def change(other: Other): other.save()
                    def drop_other(other: Other): other.delete()
                """,
            },
            entries=frozenset(
                {
                    "signal saved -> shop.m:saved",
                    "signal deleted -> shop.m:deleted",
                    "signal saving -> shop.m:saving",
                    "signal always -> shop.m:always",
                }
            ),
            calls=frozenset(
                {
                    "shop.m: -[callback]-> shop.m:saved",
                    "shop.m: -[callback]-> shop.m:deleted",
                    "shop.m:ready -[callback]-> shop.m:saving",
                    "shop.m:ready -[callback]-> shop.m:always",
                    "shop.m:pay -[signal]-> shop.m:saved",
                    "shop.m:pay -[signal]-> shop.m:saving",
                    "shop.m:pay -[signal]-> shop.m:always",
                    "shop.m:drop -[signal]-> shop.m:always",
                    "shop.m:drop_other -[signal]-> shop.m:deleted",
                }
            ),
        ),
        Example(
            {
                "shop/__init__.py": "",
                "shop/settings.py": 'CUSTOMER_MODEL = "shop.Order"',
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django.conf import settings
                    from django.db.models.signals import post_save
                    from django.dispatch import receiver
                    from shop.models import Order, Other
                    @receiver(post_save, sender=settings.CUSTOMER_MODEL)
                    def saved(sender, **kwargs): pass
                    def pay(order: Order): order.save()
                    def other(thing: Other): thing.save()
                """,
            },
            entries=frozenset({"signal post_save -> shop.m:saved"}),
            calls=frozenset({"shop.m:pay -[signal]-> shop.m:saved"}),
        ),
        Example(
            """
            from django.dispatch import Signal, receiver

            class PluginSignal(Signal):
                def send(self, sender, **named):
                    return [(ask, ask(sender=sender)) for ask in self._live_receivers(sender)]

                def send_to_all(self, sender):
                    return super().send(sender)

            forms = Signal()
            shapes = PluginSignal()
            colours = PluginSignal()

            class Form:
                def save(self): pass

            class Circle:
                def draw(self): pass

            class Red:
                def mix(self): pass

            @receiver(forms)
            def form(sender, **kwargs): return [Form]

            @receiver(shapes)
            def circle(sender, **kwargs): return Circle()

            @receiver(colours)
            def red(sender, **kwargs): return Red()

            def save():
                for listener, found in forms.send_robust(None):
                    found[0]().save()

            def draw():
                for _, shape in shapes.send(None):
                    shape.draw()

            def mix():
                for _, colour in colours.send_to_all(None):
                    colour.mix()
            """,
            entries=frozenset({"signal forms -> m:form", "signal shapes -> m:circle", "signal colours -> m:red"}),
            calls=frozenset(
                {
                    "m: -[construct]-> m:PluginSignal",
                    "m:PluginSignal.send -[call]-> m:circle",
                    "m:PluginSignal.send_to_all -[signal]-> m:red",
                    "m:circle -[construct]-> m:Circle",
                    "m:red -[construct]-> m:Red",
                    "m:save -[signal]-> m:form",
                    "m:save -[construct]-> m:Form",
                    "m:save -[call]-> m:Form.save",
                    "m:draw -[call]-> m:PluginSignal.send",
                    "m:draw -[call]-> m:Circle.draw",
                    "m:mix -[call]-> m:PluginSignal.send_to_all",
                    "m:mix -[call]-> m:Red.mix",
                }
            ),
        ),
        Example(
            {
                "config/__init__.py": "",
                "config/settings.py": 'AUTH_USER_MODEL = "shop.Member"',
                "shop/__init__.py": "",
                "shop/models.py": """
                    from django.contrib.auth.models import AbstractUser
                    class Member(AbstractUser):
                        def greet(self): pass
                """,
                "shop/m.py": """
                    from django.contrib.auth.signals import user_logged_in
                    from django.dispatch import receiver
                    @receiver(user_logged_in)
                    def came(sender, request, user, **kwargs): user.greet()
                """,
            },
            entries=frozenset({"signal user_logged_in -> shop.m:came"}),
            calls=frozenset({"shop.m:came -[call]-> shop.models:Member.greet"}),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from shop.models import Order
                    def receiver(signal): return lambda function: function
                    @receiver("post_save")
                    def saved(sender): pass
                    def pay(order: Order): order.save()
                """,
            },
            calls=frozenset({"shop.m: -[call]-> shop.m:receiver", "shop.m: -[decorate]-> shop.m:receiver"}),
        ),
    ),
)
