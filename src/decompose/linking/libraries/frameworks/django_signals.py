"""Django's model signals: who saves or deletes an object makes the receivers of the signal run, which are given the object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.libraries.django_saved_rows import told_of_rows
from decompose.linking.libraries.django_schema import user_model
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_SIGNALS = "django.db.models.signals"
OF_RELATIONS = "m2m_changed"
"""The signal that is sent for a change of a many-to-many relation; the row itself is neither saved nor deleted."""

_THROUGH = "django.db.models:Through"
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
        for receiver in _receivers_of(linked, _SIGNALS_OF_USERS):
            yield from (Given(value, "user", user) for value in sorted(receiver.values))


def receivers_of_models(linked: Linked) -> Iterator[Receiver]:
    """What is connected to the signals of models."""
    return _receivers_of(linked, _SIGNALS)


def _receivers_of(linked: Linked, home: str) -> Iterator[Receiver]:
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
    for site, module, name in linked.external_sites(kind="call", ending=".connect"):
        signal = _signal(home, module, name.removesuffix(".connect"))
        if signal:
            connected = site.argument(0, "receiver")
            for function in linked.handlers(site, connected):
                values = linked.argument_values(site, connected)
                yield Receiver(signal, _senders(linked, site, 1), function, values, _between(linked, site, 1))


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
                yield Receiver(signal, _senders(linked, site), function, values, _between(linked, site))


def _signal(home: str, module: str, name: str) -> str:
    """The signal of a module that something outside is, however it was imported; "" for anything else."""
    found, _, signal = f"{module}.{name}".rpartition(".")
    return signal if found == home else ""


def _senders(linked: Linked, site: Site, position: int = -1) -> frozenset[int]:
    ref = keyword_ref(site.operation, "sender", position)
    if isinstance(ref, str):
        return frozenset(cls.index for cls in linked.engine.references.find(ref, site.frame.scope))
    values = (*linked.argument_values(site, ref), *linked.names.evaluate(site.frame.scope, ref))
    found = [linked.values[value] for value in values]
    named = (cls for d in found if d[0] == "X" for cls in linked.engine.references.find_external(d))
    known = frozenset((*(d[1] for d in found if d[0] == "C"), *(cls.index for cls in named)))
    # A sender that is not known is not everybody.
    return known or (frozenset() if ref == -1 else frozenset({-1}))


def _between(linked: Linked, site: Site, position: int = -1) -> frozenset[Value]:
    """The rows between two models that a sender stands for: ``Order.items.through``, or a model that is one."""
    ref = keyword_ref(site.operation, "sender", position)
    if isinstance(ref, str):
        return frozenset(linked.values.instance(c.index) for c in linked.engine.references.find(ref, site.frame.scope))
    found: set[Value] = set()
    for value in linked.argument_values(site, ref):
        described = linked.values[value]
        if described[0] == "C":
            found.add(linked.values.instance(described[1]))
        elif linked.is_instance_of(value, _THROUGH):
            found.update(described[2][0] if described[2] else ())
    return frozenset(found)


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
