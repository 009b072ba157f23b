"""Rows that generic views, view sets and pages of the administration save and delete by methods that the application gives its models."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.effects import ANSWERING
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.model_views import left_to_models
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire


def wires(linked: Linked) -> Iterator[Wire]:
    """From the class of a view to the ``save`` or ``delete`` of its model, once for each, by all methods that do so."""
    found: dict[tuple[int, int, int], list[str]] = {}
    rules: dict[tuple[int, int, int], str] = {}
    for left in left_to_models(linked):
        if left.own is not None:
            key = left.cls.index, left.own.index, left.model.index
            rules.setdefault(key, left.rule)
            found.setdefault(key, []).append(left.answering)
    scopes = linked.program.scopes
    for (cls, own, model), answering in found.items():
        names = dict.fromkeys(name for several in answering for name in several.split())
        rule = f"{rules[cls, own, model]}{ANSWERING}{' '.join(names)}" if all(answering) else rules[cls, own, model]
        acting = linked.values.instance(model)
        yield Wire(scopes[cls], scopes[cls].facts.line, scopes[own], "call", rule, acting=acting)


FRAMEWORK = Framework(
    name="Methods of Django's models that views call",
    summaries={},
    packages=("django",),
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": """
                    from django.db import models
                    class Kept(models.Model):
                        class Meta:
                            abstract = True
                        def delete(self, *args):
                            leave(self)
                    class Order(Kept):
                        def save(self, *args, **kwargs):
                            super().save(*args, **kwargs)
                    class Line(models.Model): pass
                    def leave(row): pass
                """,
                "shop/views.py": """
                    from django.views.generic import CreateView, DeleteView
                    from shop.models import Line, Order
                    class Make(CreateView):
                        model = Order
                        fields = ()
                    class Drop(DeleteView):
                        model = Order
                    class DropLine(DeleteView):
                        model = Line
                """,
            },
            calls=frozenset(
                {
                    "shop.views:Make -[call]-> shop.models:Order.save",
                    "shop.views:Drop -[call]-> shop.models:Kept.delete",
                    "shop.models:Kept.delete -[call]-> shop.models:leave",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            from django.views.generic import DeleteView
            class Basket:
                def delete(self): pass
            class Drop(DeleteView):
                model = Basket
            """
        ),
    ),
)
