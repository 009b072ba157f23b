"""The rows of Django that stand for models: which model, where the code says of which it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_a_content_type_knows_the_model_that_it_was_asked_for(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.contrib.contenttypes.models import ContentType
                from django.db import models

                class Order(models.Model):
                    def send(self): pass

                class Bill(models.Model): pass

                def first(): return ContentType.objects.get_for_model(Order).model_class().objects.get(pk=1)
                def one(bill: Bill): return ContentType.objects.get_for_model(bill).get_object_for_this_type(pk=1)
                def every():
                    for order in ContentType.objects.get_for_model(Order).get_all_objects_for_this_type():
                        order.send()
                def unknown(kind: ContentType): return kind.model_class().objects.get(pk=1)
            """,
        }
    )
    asked = {(a.definition.rpartition(":")[2], a.table) for a in app.system.accesses}
    assert asked == {
        ("first", "django_content_type"),
        ("first", "shop_order"),
        ("one", "django_content_type"),
        ("one", "shop_bill"),
        ("every", "django_content_type"),
        ("every", "shop_order"),
    }
    assert app.call_lines() == ["shop.models:every -> shop.models:Order.send"]
    assert [spot.definition for spot in app.blind_spots("unresolved call")] == ["shop.models:unknown"]
