"""Fields of an application's own: Django asks them for the value of a row that is saved, and gives them the row."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_options import MODEL, is_abstract
from decompose.linking.libraries.django_schema import fields
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.wiring import Given, Wire

_ASKED = "pre_save"


def rows_given(linked: Linked) -> Iterator[Wire | Given]:
    """The method that a field is asked by is given the rows of each model that has such a field."""
    for cls in linked.application_classes():
        if not linked.inherits(cls, MODEL) or is_abstract(cls):
            continue
        for field in fields(linked, cls):
            found = linked.bound_method(field.cls, _ASKED)
            if found is not None and len(found[0].facts.parameters) >= 2:
                yield Given(found[1], found[0].facts.parameters[1][0], linked.values.instance(cls.index))


FRAMEWORK = Framework(
    name="Django's own fields",
    summaries={},
    packages=("django",),
    fixed_wires=(rows_given,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": """
                    from django.db import models
                    class Numbered(models.IntegerField):
                        def pre_save(self, row, add):
                            return row.next_number()
                    class Order(models.Model):
                        number = Numbered()
                        def next_number(self): pass
                    class Plain(models.Model):
                        number = models.IntegerField()
                        def next_number(self): pass
                """,
            },
            calls=frozenset(
                {
                    "shop.models:Numbered.pre_save -[call]-> shop.models:Order.next_number",
                    "shop.models:Order -[construct]-> shop.models:Numbered",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Numbered:
                def pre_save(self, row, add):
                    return row.next_number()
            class Order:
                number = Numbered()
                def next_number(self): pass
            class Other:
                def next_number(self): pass
            """,
            calls=frozenset({"m:Order -[construct]-> m:Numbered"}),
        ),
    ),
)
