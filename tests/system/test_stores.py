"""State outside of the tables: cache keys, files, search indexes, sessions, queues and other databases, with who touches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Application, Draw


def touched(app: Application) -> set[tuple[str, str, str, str]]:
    """(definition, operation, kind, store)."""
    return {(a.definition, a.operation, a.kind, a.store) for a in app.system.store_accesses}


def test_cache_keys_as_constants_templates_and_made_by_functions(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from django.core.cache import cache, caches
            PREFIX = "shop"
            TEMPLATE = "order:%s"
            def key_of(user): return f"{PREFIX}:user:{user.id}"
            def constant(): return cache.get("rates")
            def template(order): cache.set(f"{PREFIX}:cart:{order}", 1)
            def percent(order): cache.delete(TEMPLATE % order)
            def added(name): cache.get_or_set(PREFIX + ":" + name, 1)
            def made(user): cache.set(key_of(user), 1)
            def several(): caches["other"].get_many(["a:1", "b:2"])
            def everything(): cache.clear()
            def unknown(name): cache.get(name)
            class Rates:
                KEY = "rates:today"
                @property
                def own_key(self): return "rates:{}".format(self.day)
                def load(self): return cache.get(self.KEY)
                def store(self): cache.set(self.own_key, 1)
            """
        }
    )
    assert touched(app) == {
        ("m:Rates.load", "read", "cache", "rates:today"),
        ("m:Rates.store", "write", "cache", "rates:*"),
        ("m:constant", "read", "cache", "rates"),
        ("m:template", "write", "cache", "shop:cart:*"),
        ("m:percent", "delete", "cache", "order:*"),
        ("m:added", "read", "cache", "shop:*"),
        ("m:added", "write", "cache", "shop:*"),
        ("m:made", "write", "cache", "shop:user:*"),
        ("m:several", "read", "cache", "a:1"),
        ("m:several", "read", "cache", "b:2"),
        ("m:everything", "delete", "cache", "*"),
        ("m:unknown", "read", "cache", ""),
    }
    spots = [(s.definition, s.line) for s in app.system.blind_spots if s.kind == "unknown store"]
    assert spots == [("m:unknown", 12)]
    assert {(s.kind, s.name) for s in app.system.stores} == {
        ("cache", name)
        for name in (
            "*",
            "a:1",
            "b:2",
            "order:*",
            "rates",
            "rates:*",
            "rates:today",
            "shop:*",
            "shop:cart:*",
            "shop:user:*",
        )
    }
    constant = next(a for a in app.system.store_accesses if a.definition == "m:constant")
    assert (constant.resolution, constant.file, constant.line) == ("exact", "m.py", 5)


def test_a_wrapper_that_is_given_the_key_is_told_with_its_callers(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import redis
            store = redis.Redis()
            def load(key): return store.get(key)
            def rates(): return load("rates")
            def stock(item): return load(f"stock:{item}")
            """
        }
    )
    assert touched(app) == {
        ("m:load", "read", "key-value", "rates"),
        ("m:load", "read", "key-value", "stock:*"),
        ("m:rates", "read", "key-value", "rates"),
        ("m:stock", "read", "key-value", "stock:*"),
    }


def test_sessions_of_both_frameworks(draw: Draw) -> None:
    app = draw(
        {
            "views.py": """
            from django.http import HttpRequest
            def view(request: HttpRequest):
                request.session["cart"] = [1]
                if "seen" in request.session:
                    return request.session.get("cart")
                del request.session["seen"]
            """,
            "web.py": """
            from flask import session
            def login(user):
                session["user"] = user
            def logout():
                session.pop("user", None)
            """,
        }
    )
    assert touched(app) == {
        ("views:view", "write", "session", "cart"),
        ("views:view", "read", "session", "seen"),
        ("views:view", "read", "session", "cart"),
        ("views:view", "delete", "session", "seen"),
        ("web:login", "write", "session", "user"),
        ("web:logout", "delete", "session", "user"),
    }


def test_files_of_a_storage_and_of_columns(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            class Product(models.Model):
                image = models.ImageField(upload_to="products/")
                name = models.CharField(max_length=9)
            """,
            "shop/use.py": """
            from django.core.files.storage import default_storage
            from shop.models import Product
            def replace(number, content):
                product = Product.objects.get(id=number)
                product.image.save("x.png", content)
            def report(content, day):
                default_storage.save(f"reports/{day}.csv", content)
            """,
        }
    )
    assert touched(app) == {
        ("shop.use:replace", "write", "files", "shop_product.image"),
        ("shop.use:report", "write", "files", "reports/*.csv"),
    }
    assert {(s.name, s.table, s.file, s.line) for s in app.system.stores} == {
        ("shop_product.image", "shop_product", "shop/models.py", 3),
        ("reports/*.csv", "", "shop/use.py", 7),
    }


def test_search_indexes_and_queues(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from elasticsearch import Elasticsearch
            from elasticsearch_dsl import Document
            from kafka import KafkaConsumer, KafkaProducer
            import boto3, pika
            es = Elasticsearch()
            TOPIC = "orders"
            class Article(Document):
                class Index:
                    name = "articles"
            def find(): return es.search(index="products")
            def put(doc): es.index(index="products", document=doc)
            def document(): Article().save()
            def send(): KafkaProducer().send(TOPIC, b"")
            def take(): return KafkaConsumer(TOPIC)
            def rabbit(): pika.BlockingConnection().channel().basic_publish(exchange="", routing_key="mails", body="")
            def upload(): boto3.client("s3").upload_file("a", "media", "a")
            """
        }
    )
    assert touched(app) == {
        ("m:find", "read", "search index", "products"),
        ("m:put", "write", "search index", "products"),
        ("m:document", "write", "search index", "articles"),
        ("m:send", "write", "queue", "orders"),
        ("m:take", "read", "queue", "orders"),
        ("m:rabbit", "write", "queue", "mails"),
        ("m:upload", "write", "files", "media"),
    }


def test_what_only_looks_like_a_store_is_none(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            cache = {}
            class Session(dict): pass
            session = Session()
            def get(key):
                session["user"] = key
                return cache.get("rates")
            """
        }
    )
    assert not touched(app)


def test_sql_for_another_database_touches_no_table_of_the_application(draw: Draw) -> None:
    app = draw(
        """
        import clickhouse_connect
        from clickhouse_driver import Client
        from google.cloud import bigquery
        class Figures:
            async def client(self): return await clickhouse_connect.get_async_client(host="x")
            async def ask(self, sql): return await (await self.client()).query(sql)
        async def visits(figures: Figures): return await figures.ask("SELECT count() FROM visits")
        def put(rows): clickhouse_connect.get_client().insert("visits", rows)
        def old(): return Client("x").execute("SELECT * FROM visits")
        def sums(): return bigquery.Client().query("SELECT sum(a) FROM totals")
        """
    )
    assert touched(app) == {
        ("m:Figures.ask", "read", "other database", "clickhouse"),
        ("m:put", "write", "other database", "clickhouse"),
        ("m:old", "read", "other database", "clickhouse"),
        ("m:sums", "read", "other database", "bigquery"),
    }
    assert app.accesses() == set()
    assert app.tables() == {}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("smove('a', 'b', 1)", {"write a", "write b"}),
        ("lmove('a', 'b')", {"write a", "write b"}),
        ("zunionstore('a', ['b', 'c'])", {"write a", "read b", "read c"}),
        ("pfmerge('a', 'b')", {"write a", "read b"}),
        ("bitop('AND', 'a', 'b')", {"write a", "read b"}),
        ("copy('a', 'b')", {"read a", "write b"}),
        ("zinter(['a', 'b'])", {"read a", "read b"}),
        ("geoadd('a', [1, 2, 'x'])", {"write a"}),
        ("hsetex('a', 'k', 1)", {"write a"}),
        ("blmpop(0, 2, 'a', 'b')", {"write a", "write b"}),
        ("scan(0, match='a:*')", {"read a:*"}),
        ("xack('a', 'group', 1)", {"read a"}),
        ("xtrim('a', 5)", {"write a"}),
        ("transaction(lambda pipe: pipe.incr('a'))", {"write a"}),
    ],
)
def test_commands_of_redis(draw: Draw, call: str, expected: set[str]) -> None:
    app = draw(f"import redis\nstore = redis.Redis()\ndef f(): store.{call}\n")
    assert {f"{a.operation} {a.store}" for a in app.system.store_accesses} == expected
