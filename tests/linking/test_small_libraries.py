"""Small libraries that hand values through or call what they are given: what comes out is what went in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Draw

ORDER = """
class Order:
    def pay(self): pass
def find(key): return Order()
"""
CASES = {
    "a bar of progress": "from tqdm import tqdm\ndef show():\n for order in tqdm([find(1)]): order.pay()",
    "a bar for what is at hand": "from tqdm.auto import tqdm\ndef show():\n for order in tqdm([find(1)]): order.pay()",
    "chunks": """
from more_itertools import chunked
def show():
    for part in chunked([find(1)], 2):
        for order in part: order.pay()
""",
    "the first one": "from more_itertools import first\ndef show(): first([find(1)]).pay()",
    "a pool's map": "from multiprocessing import Pool\ndef show():\n for order in Pool().map(find, [1]): order.pay()",
    "a pool of threads": """
from multiprocessing.pool import ThreadPool
def show():
    with ThreadPool(2) as pool:
        pool.apply_async(find, (1,)).get().pay()
""",
    "called later": "from joblib import delayed\ndef show(): delayed(find)(1).pay()",
    "tried again": "from tenacity import Retrying\ndef show(): Retrying()(find, 1).pay()",
    "made one that waits": "from flask import current_app\ndef show(): current_app.ensure_sync(find)(1).pay()",
    "a proxy": "from werkzeug.local import LocalProxy\ndef show(): LocalProxy(lambda: find(1)).pay()",
    "made when it is used": """
from django.utils.functional import SimpleLazyObject
def show(): SimpleLazyObject(lambda: find(1)).pay()
""",
}


@pytest.mark.parametrize("source", CASES.values(), ids=list(CASES))
def test_what_goes_through_a_library_is_known_behind_it(draw: Draw, source: str) -> None:
    edges = {(d.source, d.target, d.resolution) for d in draw(ORDER + source).dependencies()}
    assert edges == {
        ("m:find", "m:Order", "exact"),
        ("m:show", "m:find", "exact"),
        ("m:show", "m:Order.pay", "exact"),
    }


def test_what_such_a_module_has_besides_is_as_it_was(draw: Draw) -> None:
    cart = """
from django.utils.functional import cached_property
class Cart:
    @cached_property
    def order(self): return find(1)
def show(cart: Cart): cart.order.pay()
"""
    assert ("m:show", "m:Order.pay") in draw(ORDER + cart).calls()


POST = """
from decompose.effects import calls_back, unless

class Post:
    @unless("dry", True)
    @calls_back("task")
    def send(self, task, dry=False): ...
"""


def test_a_call_that_does_nothing_hides_nothing_of_the_same_method_called_elsewhere(tmp_path: Path) -> None:
    package = {
        "decompose_post.py": f"def summaries(): return {{'post': {POST!r}}}\n",
        "decompose_post-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: decompose-post\nVersion: 1.0\n",
        "decompose_post-1.0.dist-info/entry_points.txt": "[decompose.summaries]\npost = decompose_post:summaries\n",
    }
    application = """
        from post import Post
        def bill(): pass
        def try_out(): Post().send(print, dry=True)
        def pay(): Post().send(bill)
        def try_again(): Post().send(print, dry=True)
    """
    write_files(tmp_path / "site", package)
    write_files(tmp_path / "app", {"m.py": application})

    subprocess.run(
        [sys.executable, "-m", "decompose", "analyze", "app", "-o", "run", "--no-cache"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    found = json.loads((tmp_path / "run" / "analysis.json").read_text())["system"]["dependencies"]
    assert ("m:pay", "m:bill", "exact") in {(each["source"], each["target"], each["resolution"]) for each in found}


def test_what_takes_the_place_of_a_dependency_is_itself_where_nothing_does(draw: Draw) -> None:
    app = draw("""
        from fastapi import FastAPI

        def get_db(): yield work()
        def work(): return 1
        def other(): return 2

        def start(app: FastAPI):
            for db in app.dependency_overrides.get(get_db, get_db)():
                return db
    """)
    assert {(d.source, d.target) for d in app.dependencies()} == {("m:get_db", "m:work"), ("m:start", "m:get_db")}
