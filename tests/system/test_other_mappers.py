"""What code does to tables through Peewee, Tortoise and Pony."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

PEEWEE = """
from peewee import *
database = SqliteDatabase("x")
class Person(Model):
    name = CharField()
class Pet(Model):
    owner = ForeignKeyField(Person, backref="pets")
"""
TORTOISE = """
from tortoise import fields
from tortoise.models import Model
class Cup(Model):
    id = fields.IntField(pk=True)
    games: fields.ReverseRelation["Game"]
class Game(Model):
    id = fields.IntField(pk=True)
    cup = fields.ForeignKeyField("models.Cup", related_name="games")
"""
PONY = """
from pony.orm import Database, PrimaryKey, Required
database = Database()
class Car(database.Entity):
    id = PrimaryKey(int)
    name = Required(str)
"""

USES = [
    (PEEWEE, "Person.select().where(Person.name == 1).get()", {"read person"}),
    (PEEWEE, "list(Pet.select(Pet, Person).join(Person))", {"read pet", "read person"}),
    (PEEWEE, "Person.select().where(Person.id.in_(Pet.select(Pet.owner))).count()", {"read person", "read pet"}),
    (PEEWEE, "Person.create(name=1)", {"insert person"}),
    (PEEWEE, "Person.insert_from(Pet.select(Pet.id), []).execute()", {"insert person", "read pet"}),
    (PEEWEE, "Person.update(name=1).where(Person.id == 1).execute()", {"update person"}),
    (PEEWEE, "Pet.delete().where(Pet.id == 1).execute()", {"delete pet"}),
    (PEEWEE, "[pet.id for pet in Person().pets]", {"read pet"}),
    (PEEWEE, "Pet.get_by_id(1).owner.name", {"read pet", "read person"}),
    (PEEWEE, "database.execute_sql('SELECT * FROM person')", {"read person"}),
    (TORTOISE, "await Cup.filter(id=1)", {"read cup"}),
    (TORTOISE, "await (await Cup.get(id=1)).games.filter(id=1)", {"read cup", "read game"}),
    (TORTOISE, "await Game.create(id=1)", {"insert game"}),
    (TORTOISE, "await Game.filter(id=1).update(id=2)", {"update game"}),
    (TORTOISE, "await Game.filter(id=1).delete()", {"delete game"}),
    (PONY, "Car.get(name=1)", {"read Car"}),
    (PONY, "Car.select(lambda car: car.id).first()", {"read Car"}),
    (PONY, "Car(name=1)", {"insert Car"}),
    (PONY, "Car[1].delete() if None else Car.get(id=1).delete()", {"read Car", "delete Car"}),
]


@pytest.mark.parametrize(("models", "body", "expected"), USES)
def test_accesses(draw: Draw, models: str, body: str, expected: set[str]) -> None:
    app = draw(f"{models}\nasync def f(): {body}\n")
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == expected
