"""django-typed-models: the models below one are kept, with the fields that they declare, in its table."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from typing import ClassVar, Self

from django.db.models import Manager, Model

class TypedModelManager(Manager): ...

class TypedModel(Model):
    __keeps_models_below__ = True
    objects: ClassVar[Manager[Self]]
    class Meta:
        abstract = True
    def recast(self, typ=None) -> None: ...
"""

FRAMEWORK = Framework(
    name="django-typed-models",
    summaries={
        "typedmodels.models": _MODELS,
        "typedmodels": "from typedmodels.models import TypedModel, TypedModelManager\n",
    },
    examples=(
        Example(
            """
            from typedmodels.models import TypedModel

            class Animal(TypedModel):
                def feed(self): pass

            class Cat(Animal): pass

            def feed():
                for cat in Cat.objects.all():
                    cat.feed()
            """,
            calls=frozenset({"m:feed -[call]-> m:Animal.feed"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class TypedModel: pass
            class Animal(TypedModel):
                def feed(self): pass
            def feed(): Animal().feed()
            """,
            calls=frozenset({"m:feed -[construct]-> m:Animal", "m:feed -[call]-> m:Animal.feed"}),
        ),
    ),
)
