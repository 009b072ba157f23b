"""Models inherit from the base that Flask-SQLAlchemy was given to make them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

_SHOP = {
    "shop/__init__.py": "",
    "shop/database.py": """
        from flask_sqlalchemy import SQLAlchemy
        from flask_sqlalchemy.model import Model
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import DeclarativeBase
        class Saved(Model):
            id = Column(Integer, primary_key=True)
            def save(self):
                db.session.add(self)
                return self.told()
            def told(self): pass
        class Kept(DeclarativeBase):
            def keep(self): second.session.delete(self)
        db = SQLAlchemy(model_class=Saved)
        second = SQLAlchemy(model_class=Kept)
        plain = SQLAlchemy()
    """,
    "shop/models.py": """
        from shop import database
        from shop.database import db, plain
        class Mixed:
            def save(self): pass
        class Letter(Mixed, db.Model):
            pages = db.Column(db.Integer)
        class Parcel(db.Model):
            weight = db.Column(db.Integer)
            def told(self): pass
        class Crate(database.second.Model):
            id = db.Column(db.Integer, primary_key=True)
        class Lorry(plain.Model):
            id = db.Column(db.Integer, primary_key=True)
    """,
    "shop/m.py": """
        from shop.models import Crate, Letter, Lorry, Parcel
        def post(letter: Letter): letter.save()
        def send(): return Parcel().save()
        def drop(crate: Crate): crate.keep()
        def wrong(lorry: Lorry, crate: Crate):
            lorry.save()
            crate.save()
    """,
}


def test_a_model_has_the_methods_of_the_base_that_its_maker_was_given(draw: Draw) -> None:
    app = draw(_SHOP)
    called = {(source, target) for source, target in app.calls("call") if source.startswith("shop.m:")}
    assert called == {
        ("shop.m:send", "shop.database:Saved.save"),
        ("shop.m:post", "shop.models:Mixed.save"),
        ("shop.m:drop", "shop.database:Kept.keep"),
    }
    told = {target for source, target in app.calls("call") if source == "shop.database:Saved.save"}
    assert told == {"shop.models:Parcel.told"}


def test_what_such_a_base_does_is_told_of_its_own_models(draw: Draw) -> None:
    app = draw(_SHOP)
    accesses = {(a.definition, a.operation, a.table) for a in app.system.accesses}
    assert accesses == {
        ("shop.m:send", "insert", "parcel"),
        ("shop.database:Saved.save", "insert", "parcel"),
        ("shop.database:Kept.keep", "delete", "crate"),
    }
    assert {table.name for table in app.system.tables} == {"parcel", "crate", "letter", "lorry"}
