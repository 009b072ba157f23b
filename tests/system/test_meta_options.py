"""What Django knows of a model: ``_meta`` is none of the application's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_a_method_of_meta_is_django_s_and_its_managers_are_those_of_the_model(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                price = models.IntegerField()
                def label(self): return self._meta.get_field("price").verbose_name
                def others(self): return list(self._meta.default_manager.all())
                def drop(self): self._meta.model.objects.filter(price=1).delete()
            """,
            "shop/hosting.py": """
            class Hosting:
                def get_field(self, name): return name
            """,
        }
    )
    assert {(d.source, d.target) for d in app.system.dependencies if d.runs} == set()
    assert {(a.definition, a.operation, a.table) for a in app.system.accesses} == {
        ("shop.models:Order.others", "read", "shop_order"),
        ("shop.models:Order.drop", "delete", "shop_order"),
    }
