"""Django's registry of applications: ``apps.get_app_config("shop")`` is the configuration object of that label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Result

_CONFIG = ("django.apps", "AppConfig")


def wires(linked: Linked) -> Iterator[Result]:
    """What each look-up by a label that the code shows gives; of applications with the same label, all that stand in the code."""
    asked = [
        (site, label)
        for site in linked.sites_calling("django.apps:Apps.get_app_config")
        if isinstance(label := linked.keyword(site.frame.scope, site.operation, "app_label", 0), str)
    ]
    configurations = _by_label(linked) if asked else {}
    for site, label in asked:
        for cls in configurations.get(label, ()):
            yield Result(site.result, linked.values.instance(cls.index))


def _by_label(linked: Linked) -> dict[str, list[Scope]]:
    """Configurations by the label that they give or inherit, else by the last part of their name."""
    found: dict[str, list[Scope]] = defaultdict(list)
    for cls in linked.application_classes():
        above = (base for ancestor in linked.hierarchy.order(cls) for base in linked.names.inheritance.bases(ancestor))
        if any(linked.values[base][1:] == _CONFIG for base in above):
            name = _text(linked, cls, "name")
            label = _text(linked, cls, "label") or name.rpartition(".")[2]
            if label and name:
                found[label].append(cls)
    return found


def _text(linked: Linked, cls: Scope, name: str) -> str:
    member = linked.hierarchy.own_member(cls, name)
    known = linked.constant(member.owner, member.ref) if member is not None else None
    return known if isinstance(known, str) else ""


FRAMEWORK = Framework(
    name="Django's applications",
    summaries={},
    packages=("django",),
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/urls.py": """
                    from django.apps import apps
                    from django.conf.urls.i18n import i18n_patterns
                    from django.urls import include, path
                    from shop.views import about
                    urlpatterns = [path("shop/", include(apps.get_app_config("front").urls[0]))]
                    urlpatterns += i18n_patterns(path("about/", about))
                """,
                "shop/base.py": """
                    from django.apps import AppConfig
                    class Base(AppConfig):
                        namespace = None
                        def get_urls(self): return []
                        def decorated(self, patterns): return patterns
                        @property
                        def urls(self): return self.get_urls(), self.label, self.namespace
                """,
                "shop/apps.py": """
                    from django.apps import apps
                    from django.urls import path
                    from shop.base import Base
                    from shop.views import home
                    class Front(Base):
                        name = "shop"
                        label = "front"
                        def ready(self):
                            self.basket = apps.get_app_config("basket")
                        def get_urls(self):
                            return [path("", home), path("basket/", self.basket.urls)]
                """,
                "shop/basket/__init__.py": "",
                "shop/basket/apps.py": """
                    from django.urls import path
                    from shop.base import Base
                    from shop.views import add, show
                    class Basket(Base):
                        name = "shop.basket"
                        def get_urls(self):
                            urls = [path("", show), path("add/<int:pk>/", add)]
                            return self.decorated(urls)
                """,
                "shop/views.py": """
                    def about(request): pass
                    def home(request): pass
                    def show(request): pass
                    def add(request, pk): pass
                """,
            },
            entries=frozenset(
                {
                    "http ANY /<language>/about/ -> shop.views:about",
                    "http ANY /shop/ -> shop.views:home",
                    "http ANY /shop/basket/ -> shop.views:show",
                    "http ANY /shop/basket/add/<int:pk>/ -> shop.views:add",
                }
            ),
            calls=frozenset(
                {
                    "shop.urls: -[property]-> shop.base:Base.urls",
                    "shop.urls: -[callback]-> shop.views:about",
                    "shop.apps:Front.get_urls -[property]-> shop.base:Base.urls",
                    "shop.base:Base.urls -[call]-> shop.base:Base.get_urls",
                    "shop.base:Base.urls -[call]-> shop.apps:Front.get_urls",
                    "shop.base:Base.urls -[call]-> shop.basket.apps:Basket.get_urls",
                    "shop.basket.apps:Basket.get_urls -[call]-> shop.base:Base.decorated",
                    "shop.apps:Front.get_urls -[callback]-> shop.views:home",
                    "shop.basket.apps:Basket.get_urls -[callback]-> shop.views:show",
                    "shop.basket.apps:Basket.get_urls -[callback]-> shop.views:add",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/registry.py": """
                    import django
                    class Registry:
                        def get_app_config(self, label): pass
                    apps = Registry()
                    def find(): return apps.get_app_config("front").urls
                """,
                "shop/apps.py": """
                    from django.apps import AppConfig
                    class Front(AppConfig):
                        name = "front"
                        def get_urls(self): pass
                        @property
                        def urls(self): return self.get_urls()
                """,
            },
            calls=frozenset(
                {
                    "shop.registry:find -[call]-> shop.registry:Registry.get_app_config",
                    "shop.registry: -[construct]-> shop.registry:Registry",
                    "shop.apps:Front.urls -[call]-> shop.apps:Front.get_urls",
                }
            ),
        ),
    ),
)
