"""Views that no route leads to which is read: told where they are many, so that no application looks whole that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

VIEWS = ["Carts", "Orders", "Bills", "Ships", "Ports", "Docks"]
SETS = "from rest_framework.viewsets import ModelViewSet\n\n\nclass Base(ModelViewSet):\n    pass\n" + "".join(
    f"\n\nclass {name}(Base):\n    def perform_create(self, given): given.save()\n" for name in VIEWS
)
FOUND_AT_RUN_TIME = """
from django.apps import apps
from django.urls import include, path
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
for config in apps.get_app_configs():
    for prefix, viewset in config.viewsets.items():
        router.register(prefix, viewset)
urlpatterns = [path("api/", include(router.urls))]
"""
WRITTEN_OUT = (
    "from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter\nfrom shop import views\n\n"
    "router = DefaultRouter()\n"
    + "".join(f'router.register("{name.lower()}", views.{name})\n' for name in VIEWS[1:])
    + 'urlpatterns = [path("api/", include(router.urls))]\n'
)


def test_views_of_which_the_routes_are_made_at_run_time_are_told(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/views.py": SETS, "shop/urls.py": FOUND_AT_RUN_TIME})
    spots = [spot for spot in app.system.blind_spots if spot.kind == "unread routes" and spot.file == "shop/views.py"]
    alone = [spot.definition for spot in spots if spot.reason == "no route that is read leads to this view"]
    assert sorted(alone) == sorted(f"shop.views:{name}" for name in VIEWS)
    said = [spot.reason for spot in spots if spot.definition not in alone or spot.reason.startswith("routes of")]
    assert [reason.partition(":")[0] for reason in said] == ["routes of 6 of 6 classes of views are not read"]


def test_a_view_that_is_left_over_is_not(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/views.py": SETS, "shop/urls.py": WRITTEN_OUT})
    assert not [spot for spot in app.system.blind_spots if spot.kind == "unread routes"]
