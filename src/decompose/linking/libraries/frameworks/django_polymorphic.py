"""django-polymorphic: a query of a model gives rows of the models below it, each read from its own table."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from typing import ClassVar, Self

from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, ForeignKey, Model
from polymorphic.managers import PolymorphicManager

class PolymorphicModel(Model):
    __gives_rows_of_models_below__ = True
    objects: ClassVar[PolymorphicManager[Self]]
    polymorphic_ctype = ForeignKey(ContentType, null=True, on_delete=CASCADE, related_name="+")
    class Meta:
        abstract = True
    def get_real_instance(self) -> Self: ...
    def get_real_instance_class(self) -> type[Self]: ...
"""

_QUERIES = """
from typing import Generic, Self, TypeVar

from django.db.models import Manager, QuerySet

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

class PolymorphicQuerySet(QuerySet[M, J, S, A]):
    def instance_of(self, *classes) -> Self: ...
    def not_instance_of(self, *classes) -> Self: ...
    def non_polymorphic(self) -> Self: ...
    def get_real_instances(self, *args) -> list[M]: ...

class PolymorphicManager(Manager[M, J, S, A]):
    def instance_of(self, *classes) -> PolymorphicQuerySet[M, J, S, A]: ...
    def not_instance_of(self, *classes) -> PolymorphicQuerySet[M, J, S, A]: ...
    def non_polymorphic(self) -> PolymorphicQuerySet[M, J, S, A]: ...
"""

FRAMEWORK = Framework(
    name="django-polymorphic",
    summaries={
        "polymorphic.models": _MODELS,
        "polymorphic.managers": _QUERIES,
        "polymorphic.query": "from polymorphic.managers import PolymorphicQuerySet\n",
    },
    examples=(
        Example(
            """
            from polymorphic.models import PolymorphicModel
            from polymorphic.managers import PolymorphicQuerySet

            class Payments(PolymorphicQuerySet):
                def open(self): return self.instance_of(Card)

            class Payment(PolymorphicModel):
                objects = Payments.as_manager()
                def settle(self): pass

            class Card(Payment): pass

            def settle():
                for payment in Payment.objects.open():
                    payment.settle()
            """,
            calls=frozenset({"m:settle -[call]-> m:Payments.open", "m:settle -[call]-> m:Payment.settle"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class PolymorphicQuerySet: pass
            class Payments(PolymorphicQuerySet):
                def open(self): return self.instance_of(Payments)
            class Payment:
                def settle(self): pass
            class Card:
                def settle(self): pass
            def settle():
                for payment in Payments().open():
                    payment.settle()
            """,
            calls=frozenset({"m:settle -[call]-> m:Payments.open", "m:settle -[construct]-> m:Payments"}),
        ),
    ),
)
