"""Administrations beside Django's: Flask-Admin, SQLAdmin, Starlette-Admin."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.model_pages import model_pages
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_FLASK_ADMIN = """
from typing import TypeVar

F = TypeVar("F")

class _Exposed:
    def __call__(self, function: F) -> F: ...

def expose(url="/", methods=("GET",)) -> _Exposed: ...

class BaseView:
    __has_more__ = True
    __hooks__ = "is_accessible is_visible inaccessible_callback"
    def __init__(self, name=None, category=None, endpoint=None, url=None, **options) -> None: ...

class AdminIndexView(BaseView): ...

class Admin:
    __has_more__ = True
    def __init__(self, app=None, name=None, url=None, **options) -> None: ...
    def add_view(self, view) -> None: ...
    def add_views(self, *views) -> None: ...
"""

_ACTIONS = """
from typing import TypeVar

from decompose.effects import enters

F = TypeVar("F")

class _Action:
    def __call__(self, function: F) -> F: ...

@enters("admin", "function", "name")
def action(name, *args, **options) -> _Action: ...
"""

_FLASK_ADMIN_SQLA = '''
from flask_admin import BaseView
from sqlalchemy.orm import Session

class ModelView(BaseView):
    __hooks__ = """on_model_change on_model_delete after_model_change after_model_delete create_model update_model delete_model
        get_query get_count_query get_one get_list on_form_prefill create_form edit_form delete_form scaffold_* get_create_form
        get_edit_form validate_form handle_view_exception"""
    session: Session
    def __init__(self, model, session=None, name=None, category=None, endpoint=None, url=None, **options) -> None: ...
'''

_SQLADMIN = f'''
{_ACTIONS}

class _Exposed:
    def __call__(self, function: F) -> F: ...

def expose(path, *, methods=("GET",), **options) -> _Exposed: ...

class BaseView:
    __has_more__ = True
    __hooks__ = "is_accessible is_visible"

class ModelView(BaseView):
    __hooks__ = """on_model_change on_model_delete after_model_change after_model_delete insert_model update_model delete_model
        list_query form_edit_query details_query search_query sort_query count_query get_object_for_* scaffold_form"""

class Admin:
    __has_more__ = True
    def __init__(self, app, engine=None, session_maker=None, base_url="/admin", **options) -> None: ...
    def add_view(self, view) -> None: ...
'''

_STARLETTE_ADMIN = f"""
{_ACTIONS}

@enters("admin", "function", "name")
def row_action(name, *args, **options) -> _Action: ...

class BaseView:
    __has_more__ = True
    __hooks__ = "is_accessible is_active render"

class CustomView(BaseView): ...
"""

_STARLETTE_ADMIN_SQLA = '''
from starlette_admin import BaseView

class ModelView(BaseView):
    __hooks__ = """before_* after_* validate can_* create edit delete find_all find_by_pk find_by_pks count get_list_query
        get_count_query get_details_query get_search_query serialize_field_value"""
    def __init__(self, model, icon=None, name=None, label=None, identity=None, **options) -> None: ...
'''

_VIEWS = {"flask_admin": "flask_admin:BaseView", "sqladmin": "sqladmin:BaseView"}
_INDEX = "flask_admin:AdminIndexView"
_OF_MODEL = "flask_admin.contrib.sqla:ModelView"
_SITES = {"flask_admin": ("flask_admin:Admin", "url"), "sqladmin": ("sqladmin:Admin", "base_url")}
_USUAL = "/admin"


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The pages of models, and the methods that views expose."""
    for page in model_pages(linked):
        yield FoundEntry("admin", page.model.facts.name, page.scope, page.scope.module.file, page.line)
    for package in _VIEWS:
        for site in linked.sites_calling(f"{package}:expose"):
            scope = site.frame.scope
            path = linked.keyword(scope, site.operation, "url" if package == "flask_admin" else "path", 0)
            methods = linked.keyword(scope, site.operation, "methods", 1)
            answered = [str(method) for method in methods] if isinstance(methods, list) else ["GET"]
            for decoration in linked.decorations(site):
                for handler in linked.handlers(decoration, decoration.arguments[0]):
                    for base in _bases(linked, package, handler):
                        route = join(base, path if isinstance(path, str) else "<dynamic>")
                        for method in answered:
                            yield FoundEntry("http", f"{method} {route}", handler, scope.module.file, site.line)


def _bases(linked: Linked, package: str, handler: Scope) -> list[str]:
    """The paths below which the views are found that have a method."""
    owner = handler.parent
    if owner is None or not linked.inherits(owner, _VIEWS[package]):
        return []
    below = _place_of_site(linked, package)
    if package != "flask_admin":
        return [below]
    heirs = [owner, *(c for c in linked.application_classes() if c is not owner and owner in linked.hierarchy.order(c))]
    made = [(cls, site) for cls in heirs for site in linked.sites_leading_to(cls)]
    return list(dict.fromkeys(_base(linked, cls, site, below) for cls, site in made)) or [
        join(below, owner.facts.name.lower())
    ]


def _base(linked: Linked, cls: Scope, site: Site, below: str) -> str:
    """The path of a view of Flask-Admin: as it is given, or by the name of its class or model."""
    scope, about = site.frame.scope, linked.inherits(cls, _OF_MODEL)
    url = linked.keyword(scope, site.operation, "url", 5 if about else 3)
    if isinstance(url, str):
        return url if url.startswith("/") else join(below, url)
    if linked.inherits(cls, _INDEX):
        return below
    endpoint = linked.keyword(scope, site.operation, "endpoint", 4 if about else 2)
    if isinstance(endpoint, str):
        return join(below, endpoint)
    models = (page.model for page in model_pages(linked) if about and page.scope is cls)
    return join(below, next(models, cls).facts.name.lower())


def _place_of_site(linked: Linked, package: str) -> str:
    definition, keyword = _SITES[package]
    sites = linked.sites_calling(definition)
    stated = [linked.keyword(site.frame.scope, site.operation, keyword, -1) for site in sites]
    return next((place for place in stated if isinstance(place, str)), _USUAL)


FRAMEWORK = Framework(
    name="Administrations",
    summaries={
        "flask_admin": _FLASK_ADMIN,
        "flask_admin.base": "from flask_admin import AdminIndexView, BaseView, expose\n",
        "flask_admin.actions": _ACTIONS,
        "flask_admin.contrib.sqla": _FLASK_ADMIN_SQLA,
        "sqladmin": _SQLADMIN,
        "starlette_admin": _STARLETTE_ADMIN,
        "starlette_admin.contrib.sqla": _STARLETTE_ADMIN_SQLA,
    },
    entry_points=(entry_points,),
    examples=(
        Example(
            """
            from flask import Flask
            from flask_admin import Admin, AdminIndexView, BaseView, expose
            from flask_admin.actions import action
            from flask_admin.contrib.sqla import ModelView
            from flask_sqlalchemy import SQLAlchemy

            db = SQLAlchemy()

            class User(db.Model):
                id = db.Column(db.Integer, primary_key=True)

            class Bill(db.Model):
                id = db.Column(db.Integer, primary_key=True)

            class Bills(ModelView):
                def on_model_change(self, form, model, is_created): note(model)
                @action("close", "Close", "Sure?")
                def close(self, ids): pass

            class Totals(BaseView):
                @expose("/")
                def index(self): return note(1)
                @expose("/year", methods=["GET", "POST"])
                def year(self): pass

            class Home(AdminIndexView):
                @expose("/")
                def index(self): pass

            def note(bill): pass

            def make():
                admin = Admin(Flask(__name__), index_view=Home())
                admin.add_view(ModelView(User, db.session))
                admin.add_view(Bills(Bill, db.session))
                admin.add_view(Totals(name="Totals", endpoint="sums"))
            """,
            entries=frozenset(
                {
                    "admin User -> m:make",
                    "admin Bill -> m:Bills",
                    "admin close -> m:Bills.close",
                    "http GET /admin/sums/ -> m:Totals.index",
                    "http GET /admin/sums/year -> m:Totals.year",
                    "http POST /admin/sums/year -> m:Totals.year",
                    "http GET /admin/ -> m:Home.index",
                }
            ),
            calls=frozenset(
                {
                    "m:make -[construct]-> m:Home",
                    "m:make -[construct]-> m:Bills",
                    "m:make -[construct]-> m:Totals",
                    "m:Bills -[callback]-> m:Bills.on_model_change",
                    "m:Bills.on_model_change -[call]-> m:note",
                    "m:Totals.index -[call]-> m:note",
                }
            ),
        ),
        Example(
            """
            from fastapi import FastAPI
            from sqladmin import Admin, BaseView, ModelView, action, expose
            from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

            class Base(DeclarativeBase): pass

            class User(Base):
                __tablename__ = "users"
                id: Mapped[int] = mapped_column(primary_key=True)

            class Users(ModelView, model=User):
                async def on_model_change(self, data, model, is_created, request): note()
                @action(name="block")
                async def block(self, request): pass

            class Totals(BaseView):
                @expose("/totals", methods=["GET"])
                async def totals(self, request): pass

            def note(): pass

            admin = Admin(FastAPI(), None, base_url="/office")
            admin.add_view(Users)
            admin.add_view(Totals)
            """,
            entries=frozenset(
                {"admin User -> m:Users", "admin block -> m:Users.block", "http GET /office/totals -> m:Totals.totals"}
            ),
            calls=frozenset(
                {"m:Users -[callback]-> m:Users.on_model_change", "m:Users.on_model_change -[call]-> m:note"}
            ),
        ),
        Example(
            """
            from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
            from starlette_admin import row_action
            from starlette_admin.contrib.sqla import Admin, ModelView

            class Base(DeclarativeBase): pass

            class User(Base):
                __tablename__ = "users"
                id: Mapped[int] = mapped_column(primary_key=True)

            class Users(ModelView):
                async def before_create(self, request, data, row): pass
                @row_action(name="block")
                async def block(self, request, pk): pass

            Admin(None).add_view(Users(User))
            """,
            entries=frozenset({"admin User -> m:Users", "admin block -> m:Users.block"}),
            calls=frozenset({"m: -[construct]-> m:Users", "m:Users -[callback]-> m:Users.before_create"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import flask_admin

            class ModelView:
                def __init__(self, model): self.model = model

            def expose(url): return lambda function: function

            class User: pass

            class Users(ModelView):
                def on_model_change(self): pass
                @expose("/")
                def index(self): pass

            Users(User)
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:ModelView.__init__",
                    "m:Users -[call]-> m:expose",
                    "m:Users -[decorate]-> m:expose",
                }
            ),
        ),
    ),
)
