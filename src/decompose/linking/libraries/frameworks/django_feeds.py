"""Django's feeds and maps of a site: classes that list the rows that are to be told of, and say of each what there is to say."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_FEEDS = """
from typing import Generic, TypeVar

from decompose.effects import calls_on, runs_query_of
from django.db.models import QuerySet
from django.http import HttpRequest

M = TypeVar("M")

class Feed(Generic[M]):
    __hooks__ = "* author_* categories copyright description feed_* link subtitle title ttl"
    __model_named_in__ = "items"
    @runs_query_of("items")
    @calls_on("Self", "get_object", "get_feed")
    def __call__(self, request: HttpRequest, *args, **kwargs): ...
    @runs_query_of("items")
    @calls_on("Self", "items")
    def get_feed(self, obj, request: HttpRequest): ...
    def get_object(self, request: HttpRequest, *args, **kwargs): ...
    def get_context_data(self, **kwargs) -> dict: ...
    def items(self, obj=None) -> QuerySet[M]: ...
    def item_title(self, item: M): ...
    def item_description(self, item: M): ...
    def item_link(self, item: M): ...
    def item_guid(self, item: M): ...
    def item_author_name(self, item: M): ...
    def item_author_email(self, item: M): ...
    def item_author_link(self, item: M): ...
    def item_categories(self, item: M): ...
    def item_comments(self, item: M): ...
    def item_copyright(self, item: M): ...
    def item_enclosures(self, item: M): ...
    def item_enclosure_url(self, item: M): ...
    def item_enclosure_length(self, item: M): ...
    def item_enclosure_mime_type(self, item: M): ...
    def item_extra_kwargs(self, item: M) -> dict: ...
    def item_pubdate(self, item: M): ...
    def item_updateddate(self, item: M): ...
"""

_MAPS = """
from typing import Generic, TypeVar

from decompose.effects import calls_on, runs_query_of
from django.db.models import QuerySet

M = TypeVar("M")

class Sitemap(Generic[M]):
    __hooks__ = "*"
    __model_named_in__ = "items"
    def items(self) -> QuerySet[M]: ...
    def location(self, item: M): ...
    def lastmod(self, item: M): ...
    def changefreq(self, item: M): ...
    def priority(self, item: M): ...
    def get_languages_for_item(self, item: M): ...
    @runs_query_of("items")
    @calls_on("Self", "items", "location", "lastmod", "changefreq", "priority")
    def get_urls(self, *args, **kwargs) -> list: ...
    def get_latest_lastmod(self): ...
"""

FRAMEWORK = Framework(
    name="Django's feeds",
    summaries={"django.contrib.syndication.views": _FEEDS, "django.contrib.sitemaps": _MAPS},
    examples=(
        Example(
            """
            from django.contrib.sitemaps import Sitemap
            from django.contrib.syndication.views import Feed
            from django.db import models

            class Order(models.Model):
                def name(self): pass
                def day(self): pass

            class Orders(Feed):
                def items(self): return Order.objects.all()
                def item_title(self, item): return item.name()

            class Places(Sitemap):
                def items(self): return Order.objects.filter(sent=True)
                def lastmod(self, item): return item.day()
            """,
            calls=frozenset(
                {
                    "m:Orders -[callback]-> m:Orders.items",
                    "m:Orders -[callback]-> m:Orders.item_title",
                    "m:Orders.item_title -[call]-> m:Order.name",
                    "m:Places -[callback]-> m:Places.items",
                    "m:Places -[callback]-> m:Places.lastmod",
                    "m:Places.lastmod -[call]-> m:Order.day",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Feed: pass

            class Orders(Feed):
                def items(self): return []
                def item_title(self, item): return 1
            """,
        ),
    ),
)
