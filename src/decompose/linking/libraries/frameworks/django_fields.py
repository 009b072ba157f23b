"""What Django asks of fields and gives the row: fields of an application's own for the value of a row that is saved, and the function
that a field of files was made with for the name of a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_options import MODEL, is_abstract
from decompose.linking.libraries.django_schema import Field, fields
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.wiring import Given, Wire

_ASKED = "pre_save"
_FILE = "FileField"
_NAMING, _AT = "upload_to", 2


def rows_given(linked: Linked) -> Iterator[Wire | Given]:
    """What a field is asked by is given the rows of each model that has such a field."""
    for cls in linked.application_classes():
        if not linked.inherits(cls, MODEL) or is_abstract(cls):
            continue
        for field in fields(linked, cls):
            found = linked.bound_method(field.cls, _ASKED)
            if found is not None and len(found[0].facts.parameters) >= 2:
                yield Given(found[1], found[0].facts.parameters[1][0], linked.values.instance(cls.index))
            if _FILE in field.kinds:
                yield from _naming(linked, cls, field)


def _naming(linked: Linked, cls: Scope, field: Field) -> Iterator[Wire | Given]:
    """The function that names the file of a row."""
    for value in linked.names.evaluate(field.owner, keyword_ref(field.operation, _NAMING, _AT)):
        for function in linked.functions_among([value]):
            if function.is_function and function.facts.parameters:
                yield Given(value, function.facts.parameters[0][0], linked.values.instance(cls.index))
                yield Wire(cls, field.operation[-1], function, "callback", f"{_NAMING} of a field of files")


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
                    def folder(row, name):
                        return row.place()
                    class Picture(models.Model):
                        file = models.ImageField(upload_to=folder)
                        def place(self): pass
                """,
            },
            calls=frozenset(
                {
                    "shop.models:Numbered -[callback]-> shop.models:Numbered.pre_save",
                    "shop.models:Numbered.pre_save -[call]-> shop.models:Order.next_number",
                    "shop.models:Order -[construct]-> shop.models:Numbered",
                    "shop.models:Picture -[callback]-> shop.models:folder",
                    "shop.models:folder -[call]-> shop.models:Picture.place",
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
