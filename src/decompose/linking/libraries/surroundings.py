"""How code asks for settings, and for who is asking: the names by which frameworks give them.

Declarations only; `decompose.system.surroundings` finds their uses.
"""

from __future__ import annotations

import re
from functools import cache

SETTINGS_OBJECTS = frozenset({
    ("django.conf", "settings"),
    ("dynaconf", "settings"),
    ("starlette.config", "config"),
})  # fmt: skip
"""``settings.NAME``: objects whose attributes in capitals are settings, by the module that they are imported from."""

ENVIRONMENTS = frozenset({("os", "environ"), ("environ", "Env"), ("os", "environb")})
"""Mappings of environment variables: ``environ["NAME"]``, ``environ.get("NAME")``."""

ENVIRONMENT_FUNCTIONS = frozenset({("os", "getenv"), ("decouple", "config"), ("prettyconf", "config")})
"""Functions whose first argument names a setting."""

SETTINGS_MAPPINGS = frozenset({"config", "environ", "settings"})
"""Attributes that hold a mapping of settings: ``app.config["NAME"]``, ``os.environ["NAME"]``."""

IDENTITY_OBJECTS = frozenset({
    ("flask_login", "current_user"),
    ("flask_security", "current_user"),
    ("flask_jwt_extended", "current_user"),
    ("flask_jwt_extended", "get_jwt_identity"),
    ("flask", "session"),
    ("quart", "session"),
    ("quart_auth", "current_user"),
})  # fmt: skip
"""Names that stand for whoever sent the request, by the module that they are imported from."""

GIVING_IDENTITIES = frozenset(
    {"fastapi.security", "fastapi.security.api_key", "fastapi.security.http", "fastapi.security.oauth2"}
)
"""Modules whose classes, and the objects of these, give who is asking to the parameters that ask for them."""

GIVING_PACKAGES = frozenset(module.partition(".")[0] for module in GIVING_IDENTITIES)
"""The packages that modules with such parameters import."""

REQUEST_OBJECTS = frozenset({"request", "g", "req", "info", "context"})
"""Names of objects that live as long as a request ..."""

IDENTITY_ATTRIBUTES = frozenset({"user", "session", "auth", "user_id", "current_user", "identity", "account", "tenant"})
"""... and their attributes that say who is asking."""

BROKERS = {
    "kafka": "Kafka", "confluent_kafka": "Kafka", "aiokafka": "Kafka", "faust": "Kafka",
    "pika": "RabbitMQ", "aio_pika": "RabbitMQ", "aioamqp": "RabbitMQ", "nats": "NATS",
    "kombu": "the broker behind kombu", "celery": "the broker behind Celery", "dramatiq": "the broker behind Dramatiq",
    "rq": "Redis, by RQ", "django_rq": "Redis, by RQ", "huey": "the store behind Huey", "arq": "Redis, by arq",
}  # fmt: skip
"""Package -> what carries messages where it is used, the most fit for messages between services first."""

QUERIES = frozenset(
    {"Query", "QuerySet", "RawQuerySet", "Manager", "RelatedManager", "Select", "ModelSelect", "AppenderQuery"}
)
"""Names of types of queries that have not run yet: their callers ask on with them."""

RUN_AROUND = frozenset({
    f"named by {setting}"
    for setting in (
        "MIDDLEWARE", "MIDDLEWARE_CLASSES", "TEMPLATES", "TEMPLATE_CONTEXT_PROCESSORS", "AUTHENTICATION_BACKENDS", "REST_FRAMEWORK",
    )
})  # fmt: skip
"""The rules of calls of what settings name to run around every request; what else they name runs where code asks for it."""

RUNS_BY_NAME = frozenset({"django.core.management:call_command"})
"""Functions that run what only a name tells, often a library's: what that does is not in view."""

_FOR_TESTS = re.compile(
    r"(?:pytest|unittest|doctest|factory|model_bakery|mixer|hypothesis|django_dynamic_fixture|ddf|freezegun|time_machine|responses|requests_mock"
    r"|flask_testing|django_webtest|django\.test|rest_framework\.test|(?:fastapi|starlette)\.testclient)\."
)
"""Packages and modules that are there to write tests with, before the name that is imported of them."""

_LOADED_BY_NAME = re.compile(
    r"(?:^|\.)(?:management\.commands\..+|__main__|manage|models|admin|apps|urls|tasks|signals|receivers|settings|wsgi|asgi|main|app|cli)$"
)
"""Modules that a framework or a server finds by their names, so that no import need tell who uses them."""


@cache
def is_for_tests(imported: str) -> bool:
    """Whether what is imported, ``module.name``, is there to write tests with."""
    return _FOR_TESTS.match(imported) is not None


def is_loaded_by_name(module: str) -> bool:
    """Whether a module may be used although nothing imports it."""
    return _LOADED_BY_NAME.search(module) is not None


_KEEPING = re.compile(r"^django\.(?:contrib|db)\.|(?:^|\.)(?:models|backends|repositories)(?:\.|$)")
"""Modules of libraries that are there to keep something."""


@cache
def may_keep(target: str) -> bool:
    """Whether a call of what stands outside, ``module:name``, may touch rows that are not in view: a library's own."""
    return target in RUNS_BY_NAME or _KEEPING.search(target.partition(":")[0]) is not None


_NETWORK = frozenset({
    "requests", "httpx", "aiohttp", "urllib3", "smtplib", "socket", "boto3", "botocore", "stripe", "braintree", "paypalrestsdk",
    "twilio", "paramiko", "ftplib", "grpc", "zeep", "suds", "urllib", "redis", "flask_redis", "django_redis", "pymongo",
    "elasticsearch", "opensearchpy", "kafka", "pika", "memcache", "pymemcache", "ldap3", "imaplib", "poplib",
})  # fmt: skip
"""Packages whose calls leave the process ..."""

_STAYING = re.compile(
    r"^(?:urllib\.(?:parse|error)|urllib3\.(?:util|exceptions)|requests\.(?:auth|compat|exceptions|structures|utils)|redis\.exceptions"
    r"|botocore\.(?:config|exceptions)|stripe\.error|ldap3\.utils)\."
    r"|^socket\.(?:get(?:host|fqdn|addrinfo|serv|proto|defaulttimeout)\w*|inet_\w+|[hn]to[hn]\w+|setdefaulttimeout)$"
    r"|\.\w*(?:Error|Exception|Warning|Timeout)(?:\.__init__)?$"
)
"""... but for these, by their dotted names: they take texts apart, look a name up, or are what is raised."""


_ASKING = re.compile(
    r"(?:^|\.)(?:a?get|head|options|retrieve|list|search|find|count|fetch|scan|exists|keys|ttl|aggregate|info|ping|describe|smembers|lrange|llen"
    r"|(?:h|m|hm|z)get(?:all)?|(?:get|list|find|fetch|scan|count|describe|head|retrieve|search)_\w+)(?:_async|_iter)?$"
)
"""Methods of such packages that only ask, by their names; what is done with the answer is no call of its own."""


@cache
def leaves_process(target: str) -> bool:
    """Whether a call of what stands outside, ``module:name``, goes beyond the process."""
    name = target.replace(":", ".")
    return name.partition(".")[0] in _NETWORK and not _STAYING.search(name)


@cache
def acts_outside(target: str) -> bool:
    """Whether such a call may also change something there, which cannot be rolled back."""
    return leaves_process(target) and not _ASKING.search(target.partition("(")[0].replace(":", "."))


REFUSING = frozenset({
    "flask:abort", "flask_restful:abort", "flask_restx:abort", "flask_smorest:abort", "apiflask:abort", "quart:abort",
    "werkzeug.exceptions:abort", "bottle:abort", "sanic.exceptions:abort", "pyramid.httpexceptions:exception_response",
    "django.shortcuts:get_object_or_404", "django.shortcuts:get_list_or_404",
})  # fmt: skip
"""Functions that raise, or may, so that whoever calls them may refuse, as if it raised by itself ..."""

REFUSING_METHODS = frozenset({"get_or_404", "first_or_404", "one_or_404", "full_clean", "check_object_permissions"})
"""... and methods that do, by the last part of their name."""

CURRENT_USER = re.compile(r"^(?:get_)?(?:current|logged_in|request)_(?:active_)?(?:super)?user(?:_id)?$")
"""Functions and names of the application's own that say who is asking, as frameworks' tutorials call them."""
