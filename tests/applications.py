"""Small example applications that several tests share: path -> source, as files of a tree."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from decompose import api
from decompose.runs.analysis import Analysis

Files = dict[str, str]
Result = subprocess.CompletedProcess[str]

TINY: Files = {
    "app.py": """\
class Greeter:
    def greet(self):
        return words()


def words():
    return "hello"
"""
}
"""The least that has a dependency."""

DOMAINS = {
    "accounts": ("User", "users", "Address", "addresses", "user_id", "users.id"),
    "catalogue": ("Product", "products", "Category", "categories", "product_id", "products.id"),
    "billing": ("Invoice", "invoices", "InvoiceLine", "invoice_lines", "invoice_id", "invoices.id"),
}
_VERBS = ("create", "find", "rename", "remove", "count", "describe", "archive")


def three_domains() -> Files:
    """Draw a SQLAlchemy shop: three domains of two tables each, with three known ties between them.

    Ties: the key ``invoices.user_id``, the access ``billing.service:bill`` reads ``products``, and the transaction
    ``billing.service:bill_new_user`` that writes ``users`` and ``invoices``.
    """
    files = {
        "decompose.toml": "min_lines = 0\n",
        "shop/__init__.py": "",
        "shop/db.py": "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n",
    }
    for domain, names in DOMAINS.items():
        files[f"shop/{domain}/__init__.py"] = ""
        files[f"shop/{domain}/models.py"] = _models(domain, names)
        files[f"shop/{domain}/service.py"] = _service(domain, names)
    files["shop/billing/service.py"] += """

def bill(session: Session, product_id):
    product = session.query(Product).filter(Product.id == product_id).one()
    session.add(Invoice(name=product.name))


def bill_new_user(engine):
    with Session(engine) as session, session.begin():
        session.add(User(name="new"))
        session.add(Invoice(name="first"))
"""
    return files


def _models(domain: str, names: tuple[str, ...]) -> str:
    first, first_table, second, second_table, column, target = names
    cross = '    user_id = Column(Integer, ForeignKey("users.id"))\n' if domain == "billing" else ""
    return f"""\
from sqlalchemy import Column, ForeignKey, Integer, String

from shop.db import Base


class {first}(Base):
    __tablename__ = "{first_table}"
    id = Column(Integer, primary_key=True)
    name = Column(String)
{cross}

class {second}(Base):
    __tablename__ = "{second_table}"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    {column} = Column(Integer, ForeignKey("{target}"))
"""


def _service(domain: str, names: tuple[str, ...]) -> str:
    first, _, second, *_ = names
    lines = ["from sqlalchemy.orm import Session", "", f"from shop.{domain}.models import {first}, {second}"]
    if domain == "billing":
        lines += ["from shop.accounts.models import User", "from shop.catalogue.models import Product"]
    previous = ""
    for number, verb in enumerate(_VERBS):
        model = (first, second)[number % 2]
        lines += ["", "", f"def {verb}_{domain}(session: Session, name):"]
        if previous:
            lines.append(f"    {previous}(session, name)")
        lines.append(f"    session.add({model}(name=name))")
        lines.append(f"    return session.query({model}).filter({model}.name == name).all()")
        previous = f"{verb}_{domain}"
    for verb, model in (("import", first), ("restore", second)):
        lines += ["", "", f"def {verb}_{domain}(engine, name):"]
        lines += ["    with Session(engine) as session, session.begin():", f"        session.add({model}(name=name))"]
    return "\n".join(lines) + "\n"


def shop_with_a_web() -> Files:
    """Draw the three domains with three routes, a call that leaves the application, and SQL made at run time."""
    return {
        **three_domains(),
        "shop/web.py": """\
import requests
from flask import Flask

from shop.accounts import service as accounts
from shop.billing import service as billing
from shop.catalogue import service as catalogue

app = Flask(__name__)


@app.get("/accounts/<name>")
def show_account(name):
    return accounts.find_accounts(None, name)


@app.post("/products")
def add_product():
    requests.get("https://example.org/prices")
    return catalogue.create_catalogue(None, "new")


@app.get("/invoices")
def list_invoices():
    return billing.find_billing(None, "all")
""",
        "shop/totals.py": """\
import sqlite3


def totals(table):
    connection = sqlite3.connect("shop.db")
    connection.execute("select u.name, a.name from users u join addresses a on a.user_id = u.id")
    return connection.execute(f"select * from {table}")
""",
    }


def write_tree(base: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a file tree; names may hold bytes that are no UTF-8, as surrogates."""
    for relative, content in files.items():
        path = base / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return base


def run_cli(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Result:
    """Run the command line as a user does, with a cache in ``cwd``."""
    return subprocess.run(
        [Path(sys.executable).with_name("decompose"), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "DECOMPOSE_CACHE_DIR": str(cwd / ".cache"), **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )


class Shop(NamedTuple):
    """The drawn shop, its run directory, and what was found."""

    base: Path
    run: Path
    analysis: Analysis


@cache
def analysed_shop() -> Shop:
    """Analyse the shop with a web once for all tests; nobody writes into it."""
    place = Path(tempfile.mkdtemp(prefix="decompose-tests-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    base = write_tree(place / "shop", shop_with_a_web())
    return Shop(base, place / "run", api.analyze(base, place / "run", cache_folder=None, jobs=1))
