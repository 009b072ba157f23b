"""The tables, columns, indexes and keys that models declare, all of them, by each mapper."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Application, Draw


def tables(app: Application) -> dict[str, str]:
    """Table -> its columns: ``name type``, with ``?`` where it may be null and ``*`` in the primary key."""
    return {
        t.name: ", ".join(
            f"{c.name} {c.sql_type or '-'}{'?' if c.nullable else ''}{'*' if c.primary_key else ''}" for c in t.columns
        )
        for t in app.system.tables
    }


def indexes(app: Application) -> set[str]:
    """``table(columns)``, those that are unique with ``!``."""
    return {f"{t.name}({','.join(i.columns)}){'!' if i.unique else ''}" for t in app.system.tables for i in t.indexes}


def keys(app: Application) -> set[str]:
    """``table.column -> table.column on delete``."""
    return {
        f"{k.table}.{','.join(k.columns)} -> {k.target_table}.{','.join(k.target_columns)}"
        f" {k.on_delete}{'' if k.enforced else ' unchecked'}".rstrip()
        for k in app.system.foreign_keys
    }


def test_django(draw: Draw) -> None:
    app = draw(
        {
            "proj/settings.py": """
                AUTH_USER_MODEL = "acc.Member"
                DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
            """,
            "accounts/__init__.py": "",
            "accounts/apps.py": """
                from django.apps import AppConfig
                class AccountsConfig(AppConfig):
                    name = "accounts"
                    label = "acc"
            """,
            "accounts/models.py": """
                from django.conf import settings
                from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
                from django.contrib.contenttypes.fields import GenericForeignKey
                from django.contrib.contenttypes.models import ContentType
                from django.db import models
                class Member(AbstractBaseUser, PermissionsMixin):
                    email = models.EmailField(unique=True)
                class Pointer(models.ForeignKey): ...
                class Base(models.Model):
                    created = models.DateTimeField(db_index=True)
                    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
                    class Meta:
                        abstract = True
                        unique_together = [("created", "owner")]
                class Tag(models.Model):
                    name = models.SlugField(primary_key=True, max_length=30)
                class Place(Base):
                    name = models.CharField("Name", max_length=50)
                    tags = models.ManyToManyField(Tag)
                    friends = models.ManyToManyField("self", through="Friendship")
                    loose = models.ForeignKey("other.Thing", null=True, on_delete=models.SET_NULL, db_constraint=False)
                class Friendship(models.Model):
                    a = models.ForeignKey(Place, models.CASCADE, related_name="x")
                    b = Pointer("Place", on_delete=models.PROTECT, db_column="bee", db_index=False)
                    class Meta:
                        constraints = [models.UniqueConstraint(fields=["a", "b"], name="ab")]
                        indexes = [models.Index(fields=["-b"])]
                class Restaurant(Place):
                    pizza = models.BooleanField(default=False)
                class Seen(Place):
                    class Meta:
                        proxy = True
                class Note(models.Model):
                    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
                    object_id = models.PositiveIntegerField()
                    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
                    target = GenericForeignKey("content_type", "object_id")
            """,
            "other/__init__.py": "",
            "other/models.py": """
                from django.db import models
                class Thing(models.Model):
                    class Meta:
                        db_table = "things"
                class Late(models.Model):
                    thing = models.OneToOneField(Thing, models.CASCADE)
                    class Meta:
                        managed = False
                        db_table = 'legacy"."late'
            """,
        }
    )
    assert tables(app) == {
        "acc_friendship": "id bigint*, a_id bigint, bee bigint",
        "acc_member": "id bigint*, email varchar(254), password varchar(128), last_login timestamp with time zone?, "
        "is_superuser boolean",
        "acc_member_groups": "id bigint*, member_id bigint, group_id integer",
        "acc_member_user_permissions": "id bigint*, member_id bigint, permission_id integer",
        "acc_note": "id bigint*, content_type_id integer, object_id integer, price numeric(8, 2)?",
        "acc_place": "id bigint*, name varchar(50), loose_id bigint?, created timestamp with time zone, owner_id bigint",
        "acc_place_tags": "id bigint*, place_id bigint, tag_id varchar(30)",
        "acc_restaurant": "place_ptr_id bigint*, pizza boolean",
        "acc_tag": "name varchar(30)*",
        "auth_group": "",
        "auth_permission": "",
        "django_content_type": "",
        "legacy.late": "id bigint*, thing_id bigint",
        "things": "id bigint*",
    }
    assert keys(app) == {
        "acc_friendship.a_id -> acc_place.id CASCADE",
        "acc_friendship.bee -> acc_place.id PROTECT",
        "acc_member_groups.group_id -> auth_group.id CASCADE",
        "acc_member_groups.member_id -> acc_member.id CASCADE",
        "acc_member_user_permissions.member_id -> acc_member.id CASCADE",
        "acc_member_user_permissions.permission_id -> auth_permission.id CASCADE",
        "acc_note.content_type_id -> django_content_type.id CASCADE",
        "acc_place.loose_id -> things.id SET_NULL unchecked",
        "acc_place.owner_id -> acc_member.id CASCADE",
        "acc_place_tags.place_id -> acc_place.id CASCADE",
        "acc_place_tags.tag_id -> acc_tag.name CASCADE",
        "acc_restaurant.place_ptr_id -> acc_place.id CASCADE",
        "legacy.late.thing_id -> things.id CASCADE",
    }
    assert indexes(app) == {
        "acc_friendship(a_id)", "acc_friendship(a_id,bee)!", "acc_friendship(bee)", "acc_member(email)!",
        "acc_member_groups(member_id,group_id)!", "acc_member_user_permissions(member_id,permission_id)!",
            "acc_member_groups(group_id)", "acc_member_groups(member_id)", "acc_member_user_permissions(member_id)",
            "acc_member_user_permissions(permission_id)", "acc_place_tags(place_id)", "acc_place_tags(tag_id)",
        "acc_note(content_type_id)", "acc_place(created)", "acc_place(created,owner_id)!", "acc_place(loose_id)",
        "acc_place(owner_id)", "acc_place_tags(place_id,tag_id)!", "legacy.late(thing_id)!",
    }  # fmt: skip


def test_sqlalchemy_declarative(draw: Draw) -> None:
    app = draw(
        """
        from datetime import datetime
        from typing import Annotated, Optional
        from sqlalchemy import Column, ForeignKey, Index, Integer, Numeric, String, Table, Text, TypeDecorator, UniqueConstraint
        from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
        key = Annotated[int, mapped_column(primary_key=True)]
        class Money(TypeDecorator):
            impl = Numeric
        class Base(DeclarativeBase): ...
        class Stamped:
            created: Mapped[datetime] = mapped_column(index=True)
            @declared_attr
            def owner_id(cls) -> Mapped[int]:
                return mapped_column(ForeignKey("user.id", ondelete="CASCADE"), nullable=False)
        class Named:
            @declared_attr.directive
            def __tablename__(cls):
                return cls.__name__.lower() + "s"
        class User(Base):
            __tablename__ = "user"
            id: Mapped[key]
            name: Mapped[str] = mapped_column(String(30), unique=True)
            nick: Mapped[Optional[str]]
            bio: Mapped[str | None] = mapped_column(Text)
            manager_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
        class Badge(Named, Base):
            id = Column(Integer, primary_key=True)
            worth = Column(Money, nullable=False)
        class Doc(Stamped, Base):
            __tablename__ = "docs"
            __table_args__ = (Index("by_kind", "kind"), {"schema": "archive"})
            id = Column(Integer, primary_key=True)
            kind = Column(String(20))
            __mapper_args__ = {"polymorphic_on": kind}
        class Memo(Doc):
            body = Column(Text)
        class Letter(Doc):
            __tablename__ = "letters"
            id = Column(ForeignKey("archive.docs.id"), primary_key=True)
            to = Column(String)
        shared = Table(
            "shared", Base.metadata,
            Column("user_id", ForeignKey(User.id), primary_key=True),
            Column("doc_id", ForeignKey("archive.docs.id", ondelete="CASCADE"), primary_key=True),
            UniqueConstraint("doc_id", "user_id", name="once"),
        )
        """
    )
    assert tables(app) == {
        "archive.docs": "id integer*, kind varchar(20)?, created timestamp, owner_id integer, body text?",
        "badges": "id integer*, worth numeric",
        "letters": "id integer*, to varchar?",
        "shared": "user_id integer*, doc_id integer*",
        "user": "name varchar(30), bio text?, manager_id integer?, id integer*, nick varchar?",
    }
    assert keys(app) == {
        "archive.docs.owner_id -> user.id CASCADE",
        "letters.id -> archive.docs.id",
        "shared.doc_id -> archive.docs.id CASCADE",
        "shared.user_id -> user.id",
        "user.manager_id -> user.id",
    }
    assert indexes(app) == {"archive.docs(created)", "archive.docs(kind)", "shared(doc_id,user_id)!", "user(name)!"}


def test_sqlalchemy_imperative_computed_and_unknown(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, PrimaryKeyConstraint, String, Table
        from sqlalchemy.orm import Session, registry
        mappers = registry()
        users = Table("users", mappers.metadata, Column("id", Integer, primary_key=True), Column("email", String(50)))
        class User: ...
        mappers.map_imperatively(User, users)
        Base = mappers.generate_base()
        PREFIX = "app_"
        class Part(Base):
            __tablename__ = PREFIX + "parts"
            __table_args__ = (PrimaryKeyConstraint("a", "b"), ForeignKeyConstraint(["a"], ["users.id"], ondelete="CASCADE"))
            a = Column(Integer)
            b = Column(Integer)
        class Unknown(Base):
            __tablename__ = f"{input()}_rows"
            id = Column(Integer, primary_key=True)
            user = Column(ForeignKey("users.id"))
        links = Table("links", Base.metadata, Column("row", ForeignKey("rows_" + input() + ".id")))
        legacy = MetaData()
        legacy.reflect(bind=None)
        def register(session: Session):
            session.add(User())
        """
    )
    assert tables(app) == {
        "users": "id integer*, email varchar(50)?",
        "app_parts": "a integer*, b integer*",
        "links": "row -?",
    }
    assert keys(app) == {"app_parts.a -> users.id CASCADE"}
    assert app.table("users").model == "m:User"
    assert ("m:register", "insert", "users") in app.accesses()
    assert {(b.definition, b.line, b.reason) for b in app.blind_spots("dynamic sql")} == {
        ("m:Unknown", 14, "the name of a table is put together while running: {…}_rows"),
        ("", 18, "the table that links points to is put together while running: rows_{…}"),
        ("m:", 20, "the tables of the database are read while running: give them with --schema or --database"),
    }


def test_keys_beside_the_columns_name_them_or_refer_to_them(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint
        from sqlalchemy.orm import declarative_base
        from sqlmodel import Field, SQLModel
        Base = declarative_base()
        class Box(Base):
            __tablename__ = "box"
            shelf = Column(Integer)
            place = Column("place_no", Integer)
            __table_args__ = (PrimaryKeyConstraint(shelf, place),)
        class Item(Base):
            __tablename__ = "item"
            id = Column(Integer, primary_key=True)
            shelf = Column(Integer)
            place = Column("at", Integer)
            box_id = Column(Integer)
            other = Column(Integer)
            __table_args__ = (
                ForeignKeyConstraint([shelf, place], ["box.shelf", "box.place_no"], ondelete="CASCADE"),
                ForeignKeyConstraint((box_id,), [Box.shelf]),
                ForeignKeyConstraint(columns=["other"], refcolumns=["box.shelf"]),
                ForeignKeyConstraint([other], [whatever()]),
            )
        class Label(SQLModel, table=True):
            id: int = Field(primary_key=True)
            item: int
            __table_args__ = (ForeignKeyConstraint(["item"], ["item.id"]),)
        """
    )
    assert tables(app)["box"] == "shelf integer*, place_no integer*"
    assert keys(app) == {
        "item.shelf,at -> box.shelf,place_no CASCADE",
        "item.box_id -> box.shelf",
        "item.other -> box.shelf",
        "label.item -> item.id",
    }


def test_sqlmodel(draw: Draw) -> None:
    app = draw(
        """
        from datetime import datetime
        from sqlmodel import Field, Relationship, SQLModel
        class HeroBase(SQLModel):
            name: str = Field(max_length=40, index=True)
            age: int | None = None
        class Team(SQLModel, table=True):
            id: int | None = Field(default=None, primary_key=True)
            heroes: list["Hero"] = Relationship(back_populates="team")
        class Hero(HeroBase, table=True):
            __tablename__ = "heroes"
            id: int | None = Field(default=None, primary_key=True)
            team_id: int | None = Field(default=None, foreign_key="team.id", ondelete="SET NULL")
        """
    )
    assert tables(app) == {
        "team": "id integer*",
        "heroes": "id integer*, team_id integer?, name varchar(40), age integer?",
    }
    assert keys(app) == {"heroes.team_id -> team.id SET NULL"}
    assert indexes(app) == {"heroes(name)"}


def test_peewee(draw: Draw) -> None:
    app = draw(
        """
        from peewee import CharField, CompositeKey, DateTimeField, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField
        db = SqliteDatabase("x.db")
        class BaseModel(Model):
            class Meta:
                database = db
        class User(BaseModel):
            name = CharField(unique=True, max_length=40)
            about = TextField(null=True)
        class Tweet(BaseModel):
            author = ForeignKeyField(User, backref="tweets", on_delete="CASCADE")
            reply = ForeignKeyField("self", null=True, column_name="in_reply")
            at = DateTimeField(index=True)
            class Meta:
                table_name = "tweets"
                indexes = ((("author", "at"), True),)
        class Like(BaseModel):
            user = ForeignKeyField(User)
            tweet = ForeignKeyField(Tweet)
            class Meta:
                primary_key = CompositeKey("user", "tweet")
        class Chosen(BaseModel):
            name = CharField()
            class Meta:
                temporary = True
        class Plain:
            name = CharField()
        """
    )
    assert tables(app) == {
        "user": "id integer*, name varchar(40), about text?",
        "tweets": "id integer*, author_id integer, in_reply integer?, at timestamp",
        "like": "user_id integer*, tweet_id integer*",
    }
    assert keys(app) == {
        "tweets.author_id -> user.id CASCADE",
        "tweets.in_reply -> tweets.id",
        "like.user_id -> user.id",
        "like.tweet_id -> tweets.id",
    }
    assert indexes(app) == {
        "user(name)!", "tweets(author_id)", "tweets(in_reply)", "tweets(at)", "tweets(author_id,at)!", "like(user_id)",
        "like(tweet_id)",
    }  # fmt: skip


def test_tortoise(draw: Draw) -> None:
    app = draw(
        """
        from tortoise import fields
        from tortoise.models import Model
        class Stamped(Model):
            created = fields.DatetimeField(auto_now_add=True)
            class Meta:
                abstract = True
        class Team(Model):
            id = fields.UUIDField(primary_key=True)
            class Meta:
                table = "teams"
        class Event(Stamped):
            name = fields.CharField(max_length=60, unique=True)
            team = fields.ForeignKeyField("models.Team", null=True, on_delete=fields.SET_NULL)
            guests = fields.ManyToManyField("models.Team", related_name="visits", through="event_guest")
        """
    )
    assert tables(app) == {
        "teams": "id uuid*",
        "event": "id integer*, name varchar(60), team_id uuid?, created timestamp with time zone",
        "event_guest": "event_id integer, teams_id uuid",
    }
    assert keys(app) == {
        "event.team_id -> teams.id SET NULL",
        "event_guest.event_id -> event.id CASCADE",
        "event_guest.teams_id -> teams.id CASCADE",
    }
    assert indexes(app) == {"event(name)!", "event_guest(event_id,teams_id)!"}


def test_pony(draw: Draw) -> None:
    app = draw(
        """
        from datetime import date
        from pony.orm import Database, Optional, PrimaryKey, Required, Set
        db = Database()
        class Person(db.Entity):
            name = Required(str, 40, unique=True)
            born = Optional(date)
            cars = Set("Car")
            clubs = Set("Club")
        class Driver(Person):
            licence = Required(str)
        class Car(db.Entity):
            _table_ = "cars"
            id = PrimaryKey(int, auto=True)
            owner = Required(Person)
            second = Optional("Person", column="second_id")
        class Club(db.Entity):
            members = Set(Person)
        """
    )
    assert tables(app) == {
        "Person": "id integer*, name varchar(40), born date?, licence varchar, classtype varchar",
        "cars": "id integer*, owner integer, second_id integer?",
        "Club": "id integer*",
        "Club_Person": "club integer*, person integer*",
    }
    assert keys(app) == {
        "cars.owner -> Person.id",
        "cars.second_id -> Person.id SET NULL",
        "Club_Person.club -> Club.id CASCADE",
        "Club_Person.person -> Person.id CASCADE",
    }


def test_odoo(draw: Draw) -> None:
    app = draw(
        """
        from odoo import api, fields, models
        class Mixin(models.AbstractModel):
            _name = "stamp.mixin"
            note = fields.Text()
        class Order(models.Model):
            _name = "shop.order"
            name = fields.Char(required=True, index=True)
            partner_id = fields.Many2one("res.partner", string="Customer", required=True)
            line_ids = fields.One2many("shop.order.line", "order_id")
            tag_ids = fields.Many2many("shop.tag")
            total = fields.Float(compute="_total")
            stored = fields.Float(compute="_total", store=True)
        class Line(models.Model):
            _name = "shop.order.line"
            order_id = fields.Many2one("shop.order", ondelete="cascade")
        class Partner(models.Model):
            _inherit = "res.partner"
            vip = fields.Boolean()
        """
    )
    automatic = "id integer*, create_uid integer?, create_date timestamp?, write_uid integer?, write_date timestamp?"
    assert tables(app) == {
        "shop_order": f"{automatic}, name varchar, partner_id integer, stored double precision?",
        "shop_order_line": f"{automatic}, order_id integer?",
        "shop_order_shop_tag_rel": "shop_order_id integer*, shop_tag_id integer*",
        "res_partner": "vip boolean?",
        # Only keys tell of these.
        "res_users": "",
        "shop_tag": "",
    }
    assert {key for key in keys(app) if "_uid" not in key} == {
        "shop_order.partner_id -> res_partner.id RESTRICT",
        "shop_order_line.order_id -> shop_order.id CASCADE",
        "shop_order_shop_tag_rel.shop_order_id -> shop_order.id CASCADE",
        "shop_order_shop_tag_rel.shop_tag_id -> shop_tag.id CASCADE",
    }


def test_sqlalchemy_types_that_are_wrapped(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import JSON, Column, Integer, String
        from sqlalchemy.dialects.postgresql import ARRAY, JSONB
        from sqlalchemy.ext.mutable import Mutable, MutableDict, MutableList
        from sqlalchemy.orm import DeclarativeBase
        from sqlalchemy.types import TypeDecorator
        class Base(DeclarativeBase): pass
        class AsModel(TypeDecorator):
            impl = JSONB
        def mutable(model):
            class Changing(Mutable, model): pass
            return Changing.as_mutable(AsModel(model))
        def around(model): return around(model)
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
            options = Column(MutableDict.as_mutable(JSONB()))
            names = Column(MutableList.as_mutable(ARRAY(String(9))))
            settings = Column(mutable(dict))
            unknown = Column(around(dict))
        """
    )
    assert tables(app) == {"orders": "id integer*, options jsonb?, names varchar(9)[]?, settings jsonb?, unknown -?"}
