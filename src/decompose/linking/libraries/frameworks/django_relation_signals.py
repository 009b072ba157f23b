"""Django's signal of changed many-to-many relations: who adds or removes makes its receivers run, which are given the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.linking.frames import Site
from decompose.linking.libraries.django_options import MODEL, is_abstract
from decompose.linking.libraries.django_schema import MANY_TO_MANY, fields, through_of
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.frameworks.django_signals import OF_RELATIONS, Receiver, receivers_of_models
from decompose.linking.linked import Linked
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_MANAGER = "django.db.models:ManyRelatedManager"
_CHANGING = ("add", "remove", "clear", "set", "create", "get_or_create", "update_or_create")
_LOOKING = "django.db.models:LookingRelatedManager"
_CHANGES = tuple(f"{cls}.{begin}{name}" for cls in (_MANAGER, _LOOKING) for name in _CHANGING for begin in ("", "a"))


class _Relation(NamedTuple):
    """A many-to-many relation: the rows between, the model that declares it, and the one it leads to."""

    between: Value
    owner: int
    target: int


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """From each line that changes a relation to those who listen, with the row whose relation it is."""
    receivers = list(dict.fromkeys(r for r in receivers_of_models(linked) if r.signal == OF_RELATIONS))
    if not receivers:
        return
    relations = list(_relations(linked))
    for receiver in receivers:
        for relation in relations:
            if relation.between in receiver.between:
                yield from _given(linked, receiver, relation.owner, relation.target)
    for site in linked.sites_calling(*_CHANGES):
        if not site.frame.scope.library:
            yield from _told(linked, site, receivers, relations)


def _told(linked: Linked, site: Site, receivers: list[Receiver], relations: list[_Relation]) -> Iterator[Wire | Given]:
    for relation, owner, target in _changed(linked, site, relations):
        for receiver in receivers:
            if relation.between in receiver.between or (receiver.of_all and owner in (receiver.senders or {owner})):
                yield from _given(linked, receiver, owner, target)
                said = f"receives {OF_RELATIONS}"
                wire = Wire(
                    site.frame.scope, site.line, receiver.function, "signal", said, receiver=site.frame.receiver
                )
                yield wire._replace(row=linked.values.instance(owner), by=("instance",))


def _changed(linked: Linked, site: Site, relations: list[_Relation]) -> Iterator[tuple[_Relation, int, int]]:
    """The relations that a call changes, each with the model from whose row it does, and the model on the other side."""
    for value in sorted({receiver for _, receiver, _ in site.targets if receiver >= 0}):
        described = linked.values[value]
        if not linked.is_instance_of(value, _MANAGER) or len(described[2]) < 2:
            continue
        others = {linked.values[row][1] for row in described[2][0]}
        for relation in relations:
            if relation.between in described[2][-1]:
                if relation.target in others:
                    yield relation, relation.owner, relation.target
                elif relation.owner in others:
                    yield relation, relation.target, relation.owner


def _given(linked: Linked, receiver: Receiver, owner: int, target: int) -> Iterator[Given]:
    for value in sorted(receiver.values):
        yield Given(value, "instance", linked.values.instance(owner))
        yield Given(value, "model", linked.class_value(target))


def _relations(linked: Linked) -> Iterator[_Relation]:
    for cls in linked.program.classes():
        own = not cls.library or "__tablename__" in cls.facts.names
        if own and linked.inherits(cls, MODEL) and not is_abstract(cls):
            for field in fields(linked, cls):
                if field.relation == MANY_TO_MANY and field.targets:
                    for between in through_of(linked, cls, field):
                        yield _Relation(between, cls.index, field.targets[0].index)


_MODELS = """
    from django.db import models
    class Tag(models.Model):
        def count(self): pass
    class Member(models.Model): pass
    class Place(models.Model):
        member = models.ForeignKey(Member, models.CASCADE)
        order = models.ForeignKey("Order", models.CASCADE)
    class Order(models.Model):
        tags = models.ManyToManyField(Tag, related_name="orders")
        labels = models.ManyToManyField(Tag, related_name="+")
        members = models.ManyToManyField(Member, through=Place)
        def count(self): pass
"""

FRAMEWORK = Framework(
    name="Django's signal of changed relations",
    summaries={},
    packages=("django",),
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django.db.models.signals import m2m_changed
                    from django.dispatch import receiver
                    from django.contrib.auth.models import Group, User
                    from shop.models import Order, Place, Tag
                    @receiver(m2m_changed, sender=User.groups.through)
                    def grouped(sender, instance, **kwargs): note()
                    def group(user: User, group: Group): user.groups.add(group)
                    def note(): pass
                    @receiver(m2m_changed, sender=Order.tags.through)
                    def tagged(sender, instance, action, **kwargs): instance.count()
                    def placed(instance, **kwargs): instance.count()
                    m2m_changed.connect(placed, sender=Place)
                    def tag(order: Order, tag: Tag): order.tags.add(tag)
                    def label(order: Order): order.labels.clear()
                    def place(order: Order): order.members.set([])
                    def pay(order: Order): order.save()
                """,
            },
            entries=frozenset({f"signal m2m_changed -> shop.m:{name}" for name in ("grouped", "tagged", "placed")}),
            calls=frozenset(
                {
                    "shop.m:group -[signal]-> shop.m:grouped",
                    "shop.m:grouped -[call]-> shop.m:note",
                    "shop.m: -[callback]-> shop.m:placed",
                    "shop.m:tag -[signal]-> shop.m:tagged",
                    "shop.m:place -[signal]-> shop.m:placed",
                    "shop.m:tagged -[call]-> shop.models:Order.count",
                    "shop.m:placed -[call]-> shop.models:Order.count",
                }
            ),
        ),
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django.db.models.signals import m2m_changed
                    from django.dispatch import receiver
                    from shop.models import Order, Tag
                    @receiver(m2m_changed)
                    def changed(sender, instance, **kwargs):
                        if not isinstance(instance, Tag):
                            return
                        instance.count()
                    def here(order: Order, tag: Tag): order.tags.add(tag)
                    def there(order: Order, tag: Tag): tag.orders.remove(order)
                """,
            },
            entries=frozenset({"signal m2m_changed -> shop.m:changed"}),
            calls=frozenset(
                {"shop.m:there -[signal]-> shop.m:changed", "shop.m:changed -[call]-> shop.models:Tag.count"}
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from shop.models import Order, Tag
                    class Signal:
                        def connect(self, function, sender=None): pass
                    m2m_changed = Signal()
                    def tagged(sender, instance): pass
                    m2m_changed.connect(tagged, sender=Order.tags.through)
                    def tag(order: Order, tag: Tag): order.tags.add(tag)
                """,
            },
            calls=frozenset({"shop.m: -[construct]-> shop.m:Signal", "shop.m: -[call]-> shop.m:Signal.connect"}),
        ),
    ),
)
