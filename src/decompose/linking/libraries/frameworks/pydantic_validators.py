"""Pydantic: the methods by which a model checks and shows its fields, which its decorators name."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire

_ASKED = {
    "field_validator": "checks a field of the model",
    "validator": "checks a field of the model",
    "model_validator": "checks the model",
    "root_validator": "checks the model",
    "field_serializer": "shows a field of the model",
    "model_serializer": "shows the model",
}


def wires(linked: Linked) -> Iterator[Wire]:
    """From a model to the methods that are called when one is made or shown."""
    for decorator, rule in _ASKED.items():
        for site in linked.sites_calling(f"pydantic:{decorator}"):
            for decoration in [site] if site.kind == "decorate" else linked.decorations(site):
                for function in linked.handlers(decoration, decoration.arguments[0]):
                    model = function.parent
                    if model is not None and linked.inherits(model, "pydantic:BaseModel"):
                        yield Wire(model, function.facts.line, function, "callback", rule)


FRAMEWORK = Framework(
    name="Pydantic",
    summaries={},
    packages=("pydantic",),
    wires=(wires,),
    examples=(
        Example(
            """
            from pydantic import BaseModel, field_serializer, field_validator, model_validator, root_validator, validator

            class Order(BaseModel):
                name: str

                @field_validator("name")
                @classmethod
                def check_name(cls, value): return clean(value)

                @model_validator(mode="after")
                def check(self): return self

                @validator("name")
                def check_again(cls, value): return value

                @root_validator
                def check_all(cls, values): return values

                @field_serializer("name")
                def show_name(self, value): return value

                def never(self): pass

            def clean(value): return value

            def make(): return Order(name="x")
            """,
            calls=frozenset(
                {
                    "m:Order -[callback]-> m:Order.check_name",
                    "m:Order -[callback]-> m:Order.check",
                    "m:Order -[callback]-> m:Order.check_again",
                    "m:Order -[callback]-> m:Order.check_all",
                    "m:Order -[callback]-> m:Order.show_name",
                    "m:Order.check_name -[call]-> m:clean",
                    "m:make -[construct]-> m:Order",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            from pydantic import BaseModel, validator

            class Base: pass
            class Order(Base):
                @validator("name")
                def check(cls, value): return value

            def validator_of(name): pass
            class Line(BaseModel):
                def check(self): return validator_of("x")
            """,
            calls=frozenset({"m:Line.check -[call]-> m:validator_of"}),
        ),
    ),
)
