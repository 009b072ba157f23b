"""django-annoying: relations of one to one whose other side makes its row when it is asked for and is not there."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_FIELDS = """
from typing import TypeVar

from decompose.effects import inserts, reads
from django.db.models import OneToOneField, ReverseOneToOne

T = TypeVar("T")

class AutoSingleRelatedObjectDescriptor(ReverseOneToOne[T]):
    @reads("T")
    @inserts("T")
    def __get__(self, instance, owner) -> T: ...

class AutoOneToOneField(OneToOneField[T]):
    __way_back__ = "annoying.fields:AutoSingleRelatedObjectDescriptor"
"""

_FUNCTIONS = """
from typing import TypeVar

from decompose.effects import reads
from django.db.models import QuerySet

T = TypeVar("T")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

@reads("T", "J", "A")
def get_object_or_None(klass: type[T] | QuerySet[T, J, S, A], *args, **lookups) -> T: ...
"""

FRAMEWORK = Framework(
    name="django-annoying",
    summaries={"annoying.fields": _FIELDS, "annoying.functions": _FUNCTIONS},
    examples=(
        Example(
            """
            from annoying.fields import AutoOneToOneField
            from annoying.functions import get_object_or_None
            from django.db import models

            class Customer(models.Model): pass
            class Profile(models.Model):
                customer = AutoOneToOneField(Customer, on_delete=models.CASCADE, related_name="profile")
                def show(self): pass

            def shown(customer: Customer): customer.profile.show()
            def found(): get_object_or_None(Profile, id=1).show()
            """,
            calls=frozenset({"m:shown -[call]-> m:Profile.show", "m:found -[call]-> m:Profile.show"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class AutoOneToOneField:
                def __init__(self, to, related_name): pass
            class Customer: pass
            class Profile:
                customer = AutoOneToOneField(Customer, related_name="profile")
                def show(self): pass
            class Other:
                def show(self): pass
            def shown(customer: Customer): customer.profile.show()
            """,
            calls=frozenset({"m:Profile -[construct]-> m:AutoOneToOneField.__init__"}),
        ),
    ),
)
