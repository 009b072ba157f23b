"""django-ordered-model: rows that have a place among others, which moving or deleting one of them rewrites."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from typing import ClassVar, Self, TypeVar

from decompose.effects import cascades, deletes, reads, updates
from django.db.models import Manager, Model, PositiveIntegerField, QuerySet

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

class OrderedModelQuerySet(QuerySet[M, J, S, A]):
    @reads("M", "J")
    def get_max_order(self): ...
    @reads("M", "J")
    def get_min_order(self): ...
    @reads("M", "J")
    def get_next_order(self): ...
    def above(self, order, inclusive=False) -> Self: ...
    def above_instance(self, ref, inclusive=False) -> Self: ...
    def below(self, order, inclusive=False) -> Self: ...
    def below_instance(self, ref, inclusive=False) -> Self: ...
    @updates("M")
    def decrease_order(self, **extra_kwargs): ...
    @updates("M")
    def increase_order(self, **extra_kwargs): ...

class OrderedModelManager(Manager[M, J, S, A]):
    @reads("M", "J")
    def get_max_order(self): ...
    @reads("M", "J")
    def get_min_order(self): ...
    @reads("M", "J")
    def get_next_order(self): ...
    def above(self, order, inclusive=False) -> OrderedModelQuerySet[M, J, S, A]: ...
    def above_instance(self, ref, inclusive=False) -> OrderedModelQuerySet[M, J, S, A]: ...
    def below(self, order, inclusive=False) -> OrderedModelQuerySet[M, J, S, A]: ...
    def below_instance(self, ref, inclusive=False) -> OrderedModelQuerySet[M, J, S, A]: ...
    @updates("M")
    def decrease_order(self, **extra_kwargs): ...
    @updates("M")
    def increase_order(self, **extra_kwargs): ...

class OrderedModelBase(Model):
    __queries_by_manager__ = "get_ordering_queryset"
    objects: ClassVar[OrderedModelManager[Self]]
    class Meta:
        abstract = True
    def get_ordering_queryset(self, qs=None, wrt=None) -> OrderedModelQuerySet[Self]: ...
    @reads("Self")
    def previous(self) -> Self: ...
    @reads("Self")
    def next(self) -> Self: ...
    @updates("Self")
    @deletes("Self")
    @cascades("Self")
    def delete(self, *args, **options) -> None: ...
    @updates("Self")
    def swap(self, replacement) -> None: ...
    @reads("Self")
    @updates("Self")
    def up(self) -> None: ...
    @reads("Self")
    @updates("Self")
    def down(self) -> None: ...
    @updates("Self")
    def to(self, order, extra_update=None) -> None: ...
    @updates("Self")
    def above(self, ref, extra_update=None) -> None: ...
    @updates("Self")
    def below(self, ref, extra_update=None) -> None: ...
    @reads("Self")
    @updates("Self")
    def top(self, extra_update=None) -> None: ...
    @reads("Self")
    @updates("Self")
    def bottom(self, extra_update=None) -> None: ...

class OrderedModel(OrderedModelBase):
    order_field_name = "order"
    order = PositiveIntegerField(editable=False, db_index=True)
    class Meta:
        abstract = True
"""

_ADMIN = """
from django.contrib.admin import ModelAdmin, StackedInline, TabularInline

class OrderedModelAdmin(ModelAdmin): ...
class OrderedInlineModelAdminMixin: ...
class OrderedTabularInline(TabularInline): ...
class OrderedStackedInline(StackedInline): ...
"""

FRAMEWORK = Framework(
    name="django-ordered-model",
    summaries={"ordered_model.models": _MODELS, "ordered_model.admin": _ADMIN},
    examples=(
        Example(
            """
            from ordered_model.models import OrderedModel

            class Step(OrderedModel):
                def label(self): pass

            def show(step: Step):
                step.next().label()
                Step.objects.above_instance(step).first().label()
            """,
            calls=frozenset({"m:show -[call]-> m:Step.label"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class OrderedModel:
                def next(self): return self.following
            class Step(OrderedModel):
                def label(self): pass

            def show(step: Step):
                step.next()
            """,
            calls=frozenset({"m:show -[call]-> m:OrderedModel.next"}),
        ),
    ),
)
