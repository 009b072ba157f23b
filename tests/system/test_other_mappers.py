"""What code does to tables through Peewee, Tortoise and Pony, and through sqlalchemy-mixins."""

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
TORTOISE_LEAGUE = """
from tortoise import Model, Tortoise, connections, fields
from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.manager import Manager
from tortoise.query_utils import Prefetch
from tortoise.transactions import in_transaction
class Open(Manager):
    def get_queryset(self): return super().get_queryset().filter(open=True)
class Team(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    players: fields.ReverseRelation["Player"]
class Player(Model):
    id = fields.IntField(primary_key=True)
    open = fields.BooleanField()
    team: fields.ForeignKeyRelation[Team] = fields.ForeignKeyField("models.Team", related_name="players")
    opened = Open()
class Card(Model):
    id = fields.IntField(primary_key=True)
    player = fields.OneToOneField("models.Player", related_name="card")
class Match(Model):
    id = fields.IntField(primary_key=True)
    teams: fields.ManyToManyRelation[Team] = fields.ManyToManyField("models.Team", related_name="matches", through="match_team")
"""
PEEWEE_TAGS = (
    PEEWEE
    + """
from playhouse.shortcuts import update_model_from_dict
class Tag(Model):
    pets = ManyToManyField(Pet, backref="tags")
class Note(Model):
    pet = DeferredForeignKey("Pet")
"""
)
PONY = """
from pony.orm import Database, PrimaryKey, Required
database = Database()
class Car(database.Entity):
    id = PrimaryKey(int)
    name = Required(str)
"""

MIXINS = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base
from sqlalchemy_mixins import AllFeaturesMixin
class Base(declarative_base(), AllFeaturesMixin):
    __abstract__ = True
class Fan(Base):
    __tablename__ = "fan"
    id = Column(Integer, primary_key=True)
    name = Column(String)
"""

TAGGED = "tag_pet_through"
USES = [
    (MIXINS, "Fan.create(name='x')", {"insert fan"}),
    (MIXINS, "Fan.find(1).update(name='x')", {"read fan", "update fan"}),
    (MIXINS, "Fan.find_or_fail(1).delete()", {"read fan", "delete fan"}),
    (MIXINS, "Fan.where(name='x').all()", {"read fan"}),
    (MIXINS, "Fan.where(name='x')", set()),
    (MIXINS, "Fan.destroy(1, 2)", {"read fan", "delete fan"}),
    (PEEWEE, "Person.select().where(Person.name == 1).get()", {"read person"}),
    (PEEWEE, "list(Pet.select(Pet, Person).join(Person))", {"read pet", "read person"}),
    (PEEWEE, "Person.select().where(Person.id.in_(Pet.select(Pet.owner))).count()", {"read person", "read pet"}),
    (PEEWEE, "Person.create(name=1)", {"insert person"}),
    (PEEWEE, "Person.insert_from(Pet.select(Pet.id), []).execute()", {"insert person", "read pet"}),
    (PEEWEE, "Person.update(name=1).where(Person.id == 1).execute()", {"update person"}),
    (PEEWEE, "Pet.delete().where(Pet.id == 1).execute()", {"delete pet"}),
    (PEEWEE, "[pet.id for pet in Person().pets]", {"read pet"}),
    (PEEWEE, "Pet.get_by_id(1).owner.name", {"read pet", "read person"}),
    (PEEWEE, "Pet[1].owner", {"read pet", "read person"}),
    (PEEWEE, "[pet.id for pet in Pet]", {"read pet"}),
    (PEEWEE, "len(Pet)", {"read pet"}),
    (PEEWEE, "1 in Pet", {"read pet"}),
    (PEEWEE, "del Pet[1]", {"delete pet"}),
    (PEEWEE, "Person().delete_instance()", {"delete person"}),
    (PEEWEE, "Person().delete_instance(recursive=False)", {"delete person"}),
    (PEEWEE, "Person().delete_instance(recursive=True)", {"delete person", "delete pet"}),
    (PEEWEE, "Person.select().clone().get()", {"read person"}),
    (PEEWEE, "database.execute_sql('SELECT * FROM person')", {"read person"}),
    (TORTOISE, "await Cup.filter(id=1)", {"read cup"}),
    (TORTOISE, "await (await Cup.get(id=1)).games.filter(id=1)", {"read cup", "read game"}),
    (TORTOISE, "await Game.create(id=1)", {"insert game"}),
    (TORTOISE, "await Game.filter(id=1).update(id=2)", {"update game"}),
    (TORTOISE, "await Game.filter(id=1).delete()", {"delete game"}),
    (PEEWEE, "list(Pet.filter(owner__name=1))", {"read pet", "read person"}),
    (PEEWEE, "Pet.get_or_none(owner__name=1)", {"read pet", "read person"}),
    (PEEWEE, "Table('person').bind(database).insert(name=1).execute()", {"insert person"}),
    (PEEWEE, "people = Table('person'); list(people.select(people.name))", {"read person"}),
    (PEEWEE_TAGS, "[pet.id for pet in Tag().pets]", {"read pet", f"read {TAGGED}"}),
    (PEEWEE_TAGS, "[tag.id for tag in Pet().tags]", {"read tag", f"read {TAGGED}"}),
    (PEEWEE_TAGS, "Tag().pets.add(Pet())", {f"insert {TAGGED}"}),
    (PEEWEE_TAGS, "Pet().tags.remove(Tag())", {f"delete {TAGGED}"}),
    (PEEWEE_TAGS, "Pet().tags.clear()", {f"delete {TAGGED}"}),
    (PEEWEE_TAGS, "list(Pet.select().join(Tag.pets.get_through_model()))", {"read pet", f"read {TAGGED}"}),
    (PEEWEE_TAGS, "Note.get_by_id(1).pet.id", {"read note", "read pet"}),
    (PEEWEE_TAGS, "update_model_from_dict(Tag.get_by_id(1), {}).delete_instance()", {"read tag", "delete tag"}),
    (
        TORTOISE_LEAGUE,
        "await Player.filter(team__id__gt=1, team__matches__id=1)",
        {"read player", "read team", "read match_team"},
    ),
    (TORTOISE_LEAGUE, "await Player.filter(team_id=1, team=2)", {"read player"}),
    (TORTOISE_LEAGUE, "await Player.get_or_none(card__id=1)", {"read player", "read card"}),
    (TORTOISE_LEAGUE, "await Player.get(id=1).select_related('team')", {"read player", "read team"}),
    (TORTOISE_LEAGUE, "(await Player.get(id=1)).team.id", {"read player"}),
    (TORTOISE_LEAGUE, "await (await Player.first()).team", {"read player", "read team"}),
    (TORTOISE_LEAGUE, "await (await Player.first()).card", {"read player", "read card"}),
    (
        TORTOISE_LEAGUE,
        "player = await Player.first(); await player.fetch_related('card', 'team__matches')",
        {"read player", "read card", "read team", "read match", "read match_team"},
    ),
    (TORTOISE_LEAGUE, "[player.id async for player in (await Team.get(id=1)).players]", {"read team", "read player"}),
    (
        TORTOISE_LEAGUE,
        "teams = await Team.all().prefetch_related('players'); [p.id for team in teams for p in team.players]",
        {"read team", "read player"},
    ),
    (
        TORTOISE_LEAGUE,
        "await Team.all().prefetch_related(Prefetch('players', queryset=Player.filter(card__id__gt=1)))",
        {"read team", "read player", "read card"},
    ),
    (
        TORTOISE_LEAGUE,
        "await Team.annotate(n=Count('players')).filter(n__gt=1).values('id')",
        {"read team", "read player"},
    ),
    (TORTOISE_LEAGUE, "await Player.all().order_by('-team__name')", {"read player", "read team"}),
    (TORTOISE_LEAGUE, "await Player.filter(Q(id=1) | Q(card__id__in=[1])).exists()", {"read player", "read card"}),
    (TORTOISE_LEAGUE, "await Player.filter(id__in=Subquery(Card.all().values('id')))", {"read player", "read card"}),
    (TORTOISE_LEAGUE, "await Player.opened.all()", {"read player"}),
    (
        TORTOISE_LEAGUE,
        "await (await Match.get(id=1)).teams.add(await Team.get(id=1))",
        {"read match", "read team", "read match_team", "insert match_team"},
    ),
    (TORTOISE_LEAGUE, "await (await Team.get(id=1)).matches.clear()", {"read team", "delete match_team"}),
    (
        TORTOISE_LEAGUE,
        "await (await Match.get(id=1)).teams.filter(id=1)",
        {"read match", "read team", "read match_team"},
    ),
    (TORTOISE_LEAGUE, "await (await Player.get(id=1)).save(update_fields=['open'])", {"read player", "update player"}),
    (TORTOISE_LEAGUE, "await Tortoise.get_connection('default').execute_query('SELECT 1 FROM team')", {"read team"}),
    (
        TORTOISE_LEAGUE,
        "await connections.get('default').execute_insert('INSERT INTO team VALUES (1)')",
        {"insert team"},
    ),
    (PONY, "Car.get(name=1)", {"read Car"}),
    (PONY, "Car.select(lambda car: car.id).first()", {"read Car"}),
    (PONY, "Car(name=1)", {"insert Car"}),
    (PONY, "Car[1].delete() if None else Car.get(id=1).delete()", {"read Car", "delete Car"}),
]


@pytest.mark.parametrize(("models", "body", "expected"), USES)
def test_accesses(draw: Draw, models: str, body: str, expected: set[str]) -> None:
    app = draw(f"{models}\nasync def f(): {body}\n")
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == expected


def test_deleting_recursively_follows_keys_and_empties_those_that_may_be_empty(draw: Draw) -> None:
    app = draw(
        PEEWEE + "class Toy(Model):\n    pet = ForeignKeyField(Pet)\n"
        "class Vet(Model):\n    favourite = ForeignKeyField(Pet, null=True)\n"
        "class Visit(Model):\n    vet = ForeignKeyField(Vet)\n"
        "def f(): Person.get().delete_instance(recursive=True)\n"
    )
    written = {f"{operation} {table}" for _, operation, table in app.accesses() if operation != "read"}
    assert written == {"delete person", "delete pet", "delete toy", "update vet"}


def test_options_of_a_base_and_names_put_together_from_those_of_other_tables(draw: Draw) -> None:
    app = draw("""
        from peewee import *
        class Base(Model):
            class Meta:
                database = SqliteDatabase("x")
                legacy_table_names = False
        class LongTrack(Base):
            name = CharField()
        def starred(of):
            class Star(Base):
                of_row = ForeignKeyField(of)
                class Meta:
                    table_name = "starred_" + of._meta.table_name
            return Star
        class Album(Base):
            name = CharField()
        StarredTrack = starred(LongTrack)
        StarredAlbum = starred(of=Album)
        def f(): return StarredTrack.get()
        def g(): return StarredAlbum.get().of_row
    """)
    assert {table.name for table in app.system.tables} == {"long_track", "album", "starred_long_track", "starred_album"}
    assert {(d.rpartition(":")[2], o, t) for d, o, t in app.accesses()} == {
        ("f", "read", "starred_long_track"),
        ("g", "read", "starred_album"),
        ("g", "read", "album"),
    }


@pytest.mark.parametrize(
    "body",
    [
        "Person.select(pets().alias('pets'), Person.name).get()",
        "Person.select().from_(pets().alias('p')).get()",
        "Person.select().where(fn.EXISTS(pets())).get()",
        "Person.select().where(Person.name == pets()).get()",
        "Person.select().having(Person.name > pets()).get()",
    ],
)
def test_a_query_of_peewee_touches_the_tables_of_the_queries_in_it(draw: Draw, body: str) -> None:
    app = draw(f"{PEEWEE}\ndef pets(): return Pet.select(Pet.owner)\ndef f(): return {body}\n")
    ran = {(a.definition, a.operation, a.table) for a in app.system.accesses if a.role == "execute"}
    assert ran == {("m:f", "read", "person"), ("m:f", "read", "pet")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Person.delete().where(Person.name == '').order_by(Person.id).limit(3).execute()", "delete person"),
        ("Person.update(name='').orwhere(Person.name == '').limit(3).execute()", "update person"),
        ("Person.insert(name='').as_rowcount().execute()", "insert person"),
        ("Database().execute(Person.delete().where(Person.name == ''))", "delete person"),
        ("list(Database().execute(Person.select()))", "read person"),
        ("Database().cursor().execute('DELETE FROM logs')", "delete logs"),
        ("[p for p in Person.select().bind(None).order_by_extend(Person.id)]", "read person"),
    ],
)
def test_what_is_put_between_a_query_of_peewee_and_its_run_loses_nothing(draw: Draw, body: str, expected: str) -> None:
    app = draw(f"{PEEWEE}\ndef f(): return {body}\n")
    ran = {(f"{a.operation} {a.table}", a.resolution) for a in app.system.accesses if a.role == "execute"}
    assert ran == {(expected, "exact")}
