"""Web frameworks whose routes, what runs functions unseen, and mappers and databases whose data are not read: a blind spot, and not nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_FRAMEWORKS = {
    "blacksheep": "BlackSheep", "djblets.webapi": "Djblets", "emmett": "Emmett",
    "esmerald": "Esmerald", "eve": "Eve", "hug": "hug", "klein": "Klein", "masonite": "Masonite", "microdot": "Microdot",
    "morepath": "Morepath", "pulpcore.plugin.viewsets": "Pulp", "pylons": "Pylons", "ravyn": "Ravyn", "responder": "Responder",
    "robyn": "Robyn", "routes": "Routes", "smartmin.views": "smartmin", "spyne": "Spyne", "starlite": "Starlite", "tastypie": "Tastypie", "tg": "TurboGears",
    "nevow": "Nevow", "Products.Five": "Zope", "twisted.web": "Twisted", "webapp2": "webapp2",
    "zope.publisher": "Zope", "http.server": "http.server",
}  # fmt: skip
"""Module -> the name of the framework."""

_MAPPERS = {
    "arango": "ArangoDB", "auditlog": "django-auditlog", "axiom": "Axiom", "cassandra.cqlengine": "Cassandra's object mapper", "couchdb": "CouchDB",
    "dataset": "dataset", "djongo": "Djongo", "edgedb": "EdgeDB", "gel": "Gel", "gino": "GINO", "lancedb": "LanceDB",
    "langchain_chroma": "a vector store of LangChain", "langchain_community.vectorstores": "a vector store of LangChain",
    "langchain_postgres": "a vector store of LangChain",
    "neomodel": "Neomodel", "odmantic": "ODMantic", "orator": "Orator", "ormar": "ormar", "piccolo": "Piccolo",
    "plone.dexterity": "Dexterity", "trytond.model": "Tryton",
    "pynamodb": "PynamoDB", "redis_om": "Redis OM", "sqlobject": "SQLObject", "storm": "Storm", "tinydb": "TinyDB",
    "umongo": "umongo", "ZODB": "ZODB",
}  # fmt: skip
"""Module -> the name of the mapper, or of the database."""


_RUNNERS = {
    "aiogram": "aiogram", "airflow": "Airflow", "azure.functions": "Azure Functions", "dagster": "Dagster",
    "dash": "Dash", "discord.ext": "discord.py", "django_lifecycle": "django-lifecycle", "fastapi_crudrouter": "fastapi-crudrouter", "fastapi_users": "FastAPI Users",
    "functions_framework": "Functions Framework", "gradio": "Gradio", "jsonrpcserver": "jsonrpcserver", "luigi": "Luigi",
    "metaflow": "Metaflow", "modernrpc": "django-modern-rpc", "nicegui": "NiceGUI", "pgqueuer": "PgQueuer", "prefect": "Prefect",
    "pyrogram": "Pyrogram", "ray": "Ray", "rpyc": "RPyC", "slack_bolt": "Bolt for Slack", "streaq": "streaQ",
    "streamlit": "Streamlit", "telebot": "pyTelegramBotAPI",
    "telegram.ext": "python-telegram-bot", "telethon": "Telethon", "viewflow": "Viewflow", "wagtail": "Wagtail",
    "zappa.asynchronous": "Zappa", "zerorpc": "zerorpc",
}  # fmt: skip
"""Module -> the name of what runs functions of the application: flows, tasks, bots, pages, hooks."""


class Unread(NamedTuple):
    """A framework, and where the application first imports it."""

    name: str
    scope: Scope
    line: int


def unread_frameworks(linked: Linked) -> Iterator[Unread]:
    """Each such framework that the application imports, once."""
    return _first_imports(linked, _FRAMEWORKS)


def unread_mappers(linked: Linked) -> Iterator[Unread]:
    """Each such mapper or database that the application imports, once."""
    return _first_imports(linked, _MAPPERS)


def unread_runners(linked: Linked) -> Iterator[Unread]:
    """Each such runner that the application imports, once."""
    return _first_imports(linked, _RUNNERS)


def _first_imports(linked: Linked, named: Mapping[str, str]) -> Iterator[Unread]:
    found: dict[str, Unread] = {}
    packages = {name.partition(".")[0] for name in named}
    importing = (m for m in linked.program.modules if not m.library and not packages.isdisjoint(m.facts.packages))
    for module in sorted(importing, key=lambda m: m.file):
        for scope in module.scopes:
            for operation in scope.facts.ops:
                for name in _imported(operation):
                    if name in named and name not in found and name not in linked.program.by_name:
                        found[name] = Unread(named[name], scope, operation[-1])
    yield from (found[name] for name in sorted(found))


def _imported(operation: list[Any]) -> Iterator[str]:
    """The modules that an import names, by their dotted names and those above them; not what is imported for types only."""
    if operation[0] == Op.IMPORT and not operation[2] and not operation[4]:
        names = [str(operation[3])]
    elif operation[0] == Op.FROM and not operation[2] and not operation[5]:
        names = [str(operation[3]), f"{operation[3]}.{operation[4]}"]
    else:
        return
    for name in names:
        parts = name.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
