"""Django REST framework's serializers: methods that give the value of a field, and serializers inside that are saved along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decompose.facts import Op
from decompose.linking.libraries import rest_serializers
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Given, Wire

_SERIALIZERS, _GETS, _METHOD_FIELD = "rest_framework.serializers", "get_", "SerializerMethodField"
_MODEL_SERIALIZER = f"{_SERIALIZERS}:ModelSerializer"


def method_fields(linked: Linked) -> Iterator[Given]:
    """``get_total(self, order)`` of a serializer with a field ``total``, its own or a mixin's, is given a row of the serializer's model.

    So is a method that a field names: ``SerializerMethodField("sum_of")``.
    """
    values = linked.engine.values
    for cls in linked.application_classes():
        order = linked.hierarchy.order(cls)
        if not _is_serializer(linked, cls, order):
            continue
        meta = linked.hierarchy.member(cls, "Meta")
        named = linked.names.evaluate(meta.owner, meta.ref) if meta is not None and meta.ref is not None else ()
        bodies = [linked.program.scopes[values[value][1]] for value in named if values[value][0] == "C"]
        models = [m for body in bodies for m in linked.names.evaluate(body, body.facts.names.get("model", -1))]
        rows = [values.instance(values[m][1]) for m in models if values[m][0] == "C"]
        for function in _methods_of_fields(linked, order) if rows else ():
            at = 0 if function.facts.flavour == "static" else 1
            home = linked.engine.class_frame(function.parent) if function.parent is not None else None
            if home is None or len(function.facts.parameters) <= at or function.facts.flavour not in ("", "static"):
                continue
            plain = values.intern("F", function.index, home.index)
            called = values.intern("B", plain, values.instance(cls.index)) if at else plain
            yield from (Given(called, function.facts.parameters[at][0], row) for row in rows)


def nested_wires(linked: Linked) -> Iterator[Wire]:
    """From a call of the library's ``create`` or ``update`` to the same of the serializers inside, where those are saved along."""
    for site in linked.sites_calling(f"{_MODEL_SERIALIZER}.create", f"{_MODEL_SERIALIZER}.update"):
        receiver = site.frame.receiver
        described = linked.values[receiver] if receiver >= 0 else ("",)
        cls = linked.program.scopes[described[1]] if described[0] == "I" else None
        if cls is None or not rest_serializers.saves_nested(linked, cls):
            continue
        for inner in rest_serializers.nested(linked, cls):
            for method in ("create", "update") if not inner.read_only else ():
                found = linked.bound_method(inner.cls, method)
                if found is not None and not found[0].library:
                    acting = linked.values.instance(inner.cls.index)
                    rule = f"{inner.name} of the serializer is saved along"
                    yield Wire(
                        site.frame.scope, site.line, found[0], "callback", rule, receiver=receiver, acting=acting
                    )


def _is_serializer(linked: Linked, cls: Scope, order: Sequence[Scope]) -> bool:
    """Also by a base that another package derives from one of the framework's."""
    if any(ancestor.library and ancestor.module.name == _SERIALIZERS for ancestor in order):
        return True
    return any(linked.values[base][2].endswith("Serializer") for base in linked.hierarchy.external_bases(cls))


def _methods_of_fields(linked: Linked, order: Sequence[Scope]) -> Iterator[Scope]:
    own = [owner for owner in order if not owner.library]
    known = {name for owner in own for name in owner.facts.names}
    named = {f"{_GETS}{name}" for name in known} | {name for owner in own for name in _named_by_fields(linked, owner)}
    for name in sorted(named & known):
        owner = next(owner for owner in own if name in owner.facts.names)
        function = owner.function_below(owner.facts.names[name])
        if function is not None:
            yield function


def _named_by_fields(linked: Linked, serializer: Scope) -> Iterator[str]:
    for operation in serializer.facts.ops:
        if operation[0] == Op.CALL and operation[3:5] != [[], []]:
            called = (linked.values[value] for value in linked.names.evaluate(serializer, operation[2]))
            if any(description[-1] == _METHOD_FIELD for description in called if description[0] == "X"):
                name = linked.keyword(serializer, operation, "method_name", 0)
                yield from [name] if isinstance(name, str) else []


FRAMEWORK = Framework(
    name="serializers of Django REST framework",
    summaries={},
    packages=("rest_framework",),
    wires=(method_fields, nested_wires),
    examples=(
        Example(
            """
            from django.db import models
            from rest_framework import serializers

            class Order(models.Model):
                @property
                def total(self): return add()

            def add(): pass

            class Listed(serializers.ModelSerializer):
                total = serializers.SerializerMethodField()
                class Meta:
                    model = Order
                def get_total(self, obj): return obj.total
                def get_other(self, obj): return obj.total
            """,
            calls=frozenset({"m:Order.total -[call]-> m:add", "m:Listed.get_total -[property]-> m:Order.total"}),
        ),
        Example(
            """
            from django.db import models
            from rest_framework import serializers

            class Order(models.Model):
                @property
                def total(self): return 1

            class WithTotal(serializers.Serializer):
                total = serializers.SerializerMethodField()
                twice = serializers.SerializerMethodField()
                @staticmethod
                def get_total(order): return order.total
                def get_twice(self, order): return order.total

            class Listed(WithTotal, serializers.ModelSerializer):
                class Meta:
                    model = Order
            """,
            calls=frozenset(
                {
                    "m:WithTotal.get_total -[property]-> m:Order.total",
                    "m:WithTotal.get_twice -[property]-> m:Order.total",
                }
            ),
        ),
        Example(
            """
            from django.db import models
            from drf_spectacular.utils import extend_schema_field
            from drf_writable_nested import WritableNestedModelSerializer
            from rest_framework import serializers

            class Order(models.Model):
                def total(self): return 1

            class Listed(WritableNestedModelSerializer):
                total = serializers.SerializerMethodField("sum_of")
                shown = serializers.SerializerMethodField()
                class Meta:
                    model = Order
                @extend_schema_field(int)
                def sum_of(self, obj): return obj.total()
                @extend_schema_field(int)
                def get_shown(self, obj): return obj.total()
            """,
            calls=frozenset({"m:Listed.sum_of -[call]-> m:Order.total", "m:Listed.get_shown -[call]-> m:Order.total"}),
        ),
        Example(
            """
            from django.db import models
            from drf_writable_nested import WritableNestedModelSerializer
            from rest_framework import serializers

            class Order(models.Model): pass
            class Line(models.Model):
                order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")

            class Lined(WritableNestedModelSerializer):
                class Meta:
                    model = Line
                def create(self, data): return note()

            class Listed(WritableNestedModelSerializer):
                lines = Lined(many=True)
                class Meta:
                    model = Order
                def create(self, data): return super().create(data)

            def note(): pass
            """,
            calls=frozenset(
                {
                    "m:Listed -[construct]-> m:Lined",
                    "m:Listed -[callback]-> m:Listed.create",
                    "m:Listed.create -[callback]-> m:Lined.create",
                    "m:Lined -[callback]-> m:Lined.create",
                    "m:Lined.create -[call]-> m:note",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import rest_framework

            class Order:
                def items(self): return 1

            class Listed:
                total = rest_framework.SerializerMethodField()
                class Meta:
                    model = Order
                def get_total(self, order): return order.items()
            """,
        ),
    ),
)
