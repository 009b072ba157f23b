"""Stores that are named by what an object was made with, by a setting, by an attribute, or by a decorator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.test_stores import touched

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_an_object_acts_on_what_it_was_got_by(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import boto3
            from google.cloud import storage
            def bucket_of(name): return boto3.resource("s3").Bucket(name)
            class Reports:
                def __init__(self, day):
                    self.bucket = storage.Client().bucket(f"reports-{day}")
                def write(self, text):
                    self.bucket.blob("today.csv").upload_from_string(text)
            def keep(text): bucket_of("letters").put_object(Key="a", Body=text)
            def clear():
                for thing in bucket_of("letters").objects.filter(Prefix="old/"):
                    thing.delete()
            def told(bucket: storage.Bucket): bucket.delete_blob("a")
            """
        }
    )
    assert touched(app) == {
        ("m:Reports.write", "write", "files", "reports-*"),
        ("m:keep", "write", "files", "letters"),
        ("m:clear", "read", "files", "letters"),
        ("m:clear", "delete", "files", "letters"),
        ("m:told", "delete", "files", ""),
    }
    assert [s.reason for s in app.system.blind_spots if s.kind == "unknown store"] == [
        "delete of files whose name is not known"
    ]


def test_what_one_function_gives_to_several_is_named_by_the_call_that_it_was_got_by(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import boto3
            def bucket_of(name): return boto3.resource("s3").Bucket(f"shop-{name}")
            def letters(): return bucket_of("letters")
            def archive(kind, year="old"): return bucket_of(kind + "-" + year)
            class Keeper:
                def __init__(self): self.bucket = bucket_of("kept")
                def keep(self, text): self.bucket.put_object(Key="a", Body=text)
            class Books:
                @property
                def bucket(self): return bucket_of("books")
                def drop(self): self.bucket.Object("a").delete()
            def write(text): letters().put_object(Key="a", Body=text)
            def clear():
                for thing in archive("bills").objects.filter(Prefix="a/"):
                    thing.delete()
            def either(new):
                bucket = bucket_of("new") if new else bucket_of("old")
                bucket.put_object(Key="a")
            def whichever(bucket): bucket.put_object(Key="a")
            whichever(bucket_of("any"))
            """
        }
    )
    found = {(a.definition, a.store) for a in app.system.store_accesses if a.operation in ("write", "delete")}
    assert {pair for pair in found if pair[0] != "m:whichever"} == {
        ("m:Keeper.keep", "shop-kept"),
        ("m:Books.drop", "shop-books"),
        ("m:write", "shop-letters"),
        ("m:clear", "shop-bills-old"),
        ("m:either", "shop-new"),
        ("m:either", "shop-old"),
    }


def test_ways_that_are_too_many_to_go_name_nothing(draw: Draw) -> None:
    each = range(10)
    others = {at: [f"    if kind == {to}: return any_{to}(kind, name)" for to in each] for at in each}
    rings = [line for at in each for line in (f"def any_{at}(kind, name):", *others[at], "    return bucket_of(name)")]
    app = draw(
        {
            "m.py": "\n".join(
                [
                    "import boto3",
                    'def bucket_of(name): return boto3.resource("s3").Bucket(name)',
                    *rings,
                    'def write(kind): any_0(kind, "letters").put_object(Key="a")',
                ]
            )
        }
    )
    assert touched(app) == {("m:write", "write", "files", "")}


def test_a_setting_that_nothing_but_running_tells_is_the_name(draw: Draw) -> None:
    app = draw(
        {
            "settings.py": """
            import os
            EXPORTS = os.environ.get("EXPORT_BUCKET")
            """,
            "write.py": """
            import boto3
            from settings import EXPORTS
            def export(text): boto3.client("s3").put_object(Bucket=EXPORTS, Key="a", Body=text)
            """,
            "read.py": """
            import os
            import boto3
            def load(): return boto3.client("s3").get_object(Bucket=os.environ["EXPORT_BUCKET"], Key="a")
            def of_row(row): return boto3.client("s3").get_object(Bucket=row["BUCKET"], Key="a")
            """,
        }
    )
    assert touched(app) == {
        ("write:export", "write", "files", "$EXPORT_BUCKET"),
        ("read:load", "read", "files", "$EXPORT_BUCKET"),
        ("read:of_row", "read", "files", ""),
    }


def test_a_name_that_the_object_was_made_with(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import os
            import boto3
            class Files:
                def __init__(self, bucket=None):
                    self.bucket = bucket or os.environ["FILES"]
                def put(self, key): boto3.client("s3").put_object(Bucket=self.bucket, Key=key)
            avatars = Files("avatars")
            others = Files()
            """
        }
    )
    assert touched(app) == {("m:Files.put", "write", "files", "avatars"), ("m:Files.put", "write", "files", "$FILES")}


def test_attributes_and_settings_inside_of_a_name(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import os
            from elasticsearch import Elasticsearch
            class Indexes:
                def __init__(self):
                    self.client = Elasticsearch()
                    self.prefix = "shop"
                    self.stage = os.environ["STAGE"]
                def put(self, kind, text):
                    name = kind.replace("-", "_")
                    self.client.index(index=f"{self.prefix}_{name}", document=text)
                def find(self): return self.client.search(index=f"{self.stage}_all")
                def drop(self, kind): self.client.indices.delete(index=self.stage + "_" + kind)
            """
        }
    )
    assert touched(app) == {
        ("m:Indexes.put", "write", "search index", "shop_*"),
        ("m:Indexes.find", "read", "search index", "${STAGE}_all"),
        ("m:Indexes.drop", "delete", "search index", "${STAGE}_*"),
    }


def test_a_name_that_rows_hold_is_the_column(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            import boto3
            from django.core.cache import cache
            from django.db import models
            class Archive(models.Model):
                bucket = models.CharField(max_length=9)
                def put(self, text):
                    boto3.resource("s3").Bucket(self.bucket).put_object(Key="a", Body=text)
                    cache.set(f"archive:{self.bucket}", text)
            """,
        }
    )
    assert touched(app) == {
        ("shop.models:Archive.put", "write", "files", "shop_archive.bucket"),
        ("shop.models:Archive.put", "write", "cache", "archive:*"),
    }
    assert {(s.name, s.table) for s in app.system.stores if s.kind == "files"} == {
        ("shop_archive.bucket", "shop_archive")
    }


def test_settings_that_are_asked_for_by_a_name(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import boto3
            from flask import current_app
            def of_request(request): boto3.resource("s3").Bucket(request.registry.settings["files.bucket"]).put_object(Key="a")
            def of_application(): boto3.resource("s3").Bucket(current_app.config.get("uploads")).put_object(Key="a")
            class Own:
                def put(self): boto3.resource("s3").Bucket(self.config["bucket"]).put_object(Key="a")
            """
        }
    )
    assert touched(app) == {
        ("m:of_request", "write", "files", "$files.bucket"),
        ("m:of_application", "write", "files", "$uploads"),
        ("m:Own.put", "write", "files", ""),
    }


def test_a_result_that_a_decorator_keeps_is_the_functions(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from flask_caching import Cache
            cache = Cache()
            @cache.cached(timeout=5, key_prefix="prices")
            def prices(): return [1]
            @cache.cached(timeout=5)
            def page(): return ""
            def change(): cache.delete("prices")
            """
        }
    )
    assert touched(app) == {
        ("m:prices", "read", "cache", "prices"),
        ("m:prices", "write", "cache", "prices"),
        ("m:change", "delete", "cache", "prices"),
    }


def test_to_open_is_to_read_or_to_write_as_the_mode_says(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import fsspec
            def read():
                with fsspec.open("s3://lake/a.csv") as file: return file.read()
            def write():
                with fsspec.open("s3://lake/a.csv", "wb") as file: file.write(b"")
            """
        }
    )
    assert touched(app) == {
        ("m:read", "read", "files", "s3://lake/a.csv"),
        ("m:write", "write", "files", "s3://lake/a.csv"),
    }


def test_a_queue_is_the_same_by_its_name_and_by_its_full_name(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import boto3
            from google.cloud import pubsub_v1
            queues = boto3.resource("sqs")
            publisher = pubsub_v1.PublisherClient()
            def ask(): queues.get_queue_by_name(QueueName="jobs").send_message(MessageBody="")
            def take(): queues.Queue("https://sqs.example.org/1/jobs").receive_messages()
            def tell(): publisher.publish(publisher.topic_path("shop", "orders"), b"")
            def listen(): pubsub_v1.SubscriberClient().pull(subscription="projects/shop/subscriptions/orders")
            """
        }
    )
    assert touched(app) == {
        ("m:ask", "write", "queue", "jobs"),
        ("m:take", "read", "queue", "jobs"),
        ("m:tell", "write", "queue", "orders"),
        ("m:listen", "read", "queue", "orders"),
    }


def test_sessions_of_requests(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from aiohttp_session import get_session
            from starlette.requests import Request
            async def view(request: Request):
                request.session["cart"] = [1]
            async def other(request):
                session = await get_session(request)
                return session.get("cart")
            """
        }
    )
    assert touched(app) == {("m:view", "write", "session", "cart"), ("m:other", "read", "session", "cart")}


@pytest.mark.parametrize(
    ("imports", "code", "expected"),
    [
        ("import meilisearch", "meilisearch.Client('x').index('films').add_documents([])", ("write", "search index", "films")),
        ("import typesense", "typesense.Client({}).collections['books'].documents.search({})", ("read", "search index", "books")),
        ("import chromadb", "chromadb.HttpClient().get_collection('notes').query(query_texts=[''])", ("read", "search index", "notes")),
        ("import qdrant_client", "qdrant_client.QdrantClient('x').upsert('docs', [])", ("write", "search index", "docs")),
        ("import minio", "minio.Minio('x').fput_object('media', 'a', 'b')", ("write", "files", "media")),
        ("from azure.storage.blob import BlobClient", "BlobClient('x', 'docs', 'a').download_blob()", ("read", "files", "docs")),
        ("from dogpile.cache import make_region", "make_region().configure('x').set('a', 1)", ("write", "cache", "a")),
        ("import pika", "pika.BlockingConnection().channel().basic_publish('logs', '', b'')", ("write", "queue", "logs")),
        ("import etcd3", "etcd3.client().put('/shop/rate', '1')", ("write", "settings", "/shop/rate")),
        ("import ldap3", "ldap3.Connection('x').add('uid=a')", ("write", "directory", "LDAP")),
        ("from redis.sentinel import Sentinel", "Sentinel([]).master_for('m').set('a', 1)", ("write", "key-value", "a")),
    ],
)  # fmt: skip
def test_what_a_library_keeps(draw: Draw, imports: str, code: str, expected: tuple[str, str, str]) -> None:
    app = draw({"m.py": f"{imports}\ndef use():\n    {code}\n"})
    assert touched(app) == {("m:use", *expected)}


def test_items_and_documents_are_rows_of_the_table_that_is_named(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import os
            import boto3
            from google.cloud import firestore
            ORDERS = os.environ["ORDERS_TABLE"]
            orders = boto3.resource("dynamodb").Table(ORDERS)
            client = boto3.client("dynamodb")
            def place(order): orders.put_item(Item=order)
            def show(key): return client.get_item(TableName=os.environ["ORDERS_TABLE"], Key=key)
            def drop(key): client.delete_item(TableName="carts", Key=key)
            def invite(user): firestore.Client().collection("guests").document(user).set({})
            def guests(): return list(firestore.Client().collection("guests").where("a", "==", 1).stream())
            def whatever(table, key): return client.get_item(TableName=table, Key=key)
            """
        }
    )
    found = {(a.definition, a.operation, a.table) for a in app.system.accesses}
    assert found == {
        ("m:place", "insert", "$ORDERS_TABLE"),
        ("m:show", "read", "$ORDERS_TABLE"),
        ("m:drop", "delete", "carts"),
        ("m:invite", "update", "guests"),
        ("m:guests", "read", "guests"),
    }
    assert touched(app) == {("m:whatever", "read", "other database", "")}
