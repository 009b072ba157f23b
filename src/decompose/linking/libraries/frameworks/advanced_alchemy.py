"""Advanced Alchemy: repositories and services that work on the model in their type arguments."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked

_BASE = """
from datetime import datetime
from uuid import UUID

from advanced_alchemy.mixins import AuditColumns, BigIntPrimaryKey, NanoIDPrimaryKey, UUIDPrimaryKey
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, declared_attr

class BasicAttributes:
    __has_more__ = True
    def to_dict(self, exclude=None) -> dict: ...

class CommonTableAttributes(BasicAttributes):
    @declared_attr
    def __tablename__(cls) -> str: ...

class AdvancedDeclarativeBase(DeclarativeBase):
    __abstract__ = True

class DefaultBase(CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class SQLQuery(BasicAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class UUIDBase(UUIDPrimaryKey, DefaultBase):
    __abstract__ = True

class UUIDAuditBase(UUIDPrimaryKey, AuditColumns, DefaultBase):
    __abstract__ = True

class NanoIDBase(NanoIDPrimaryKey, DefaultBase):
    __abstract__ = True

class NanoIDAuditBase(NanoIDPrimaryKey, AuditColumns, DefaultBase):
    __abstract__ = True

class BigIntBase(BigIntPrimaryKey, DefaultBase):
    __abstract__ = True

class BigIntAuditBase(BigIntPrimaryKey, AuditColumns, DefaultBase):
    __abstract__ = True

UUIDv6Base = UUIDBase
UUIDv6AuditBase = UUIDAuditBase
UUIDv7Base = UUIDBase
UUIDv7AuditBase = UUIDAuditBase
IdentityBase = BigIntBase
IdentityAuditBase = BigIntAuditBase
"""

_MIXINS = """
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

class UUIDPrimaryKey:
    id: Mapped[UUID] = mapped_column(primary_key=True)

UUIDv6PrimaryKey = UUIDPrimaryKey
UUIDv7PrimaryKey = UUIDPrimaryKey

class NanoIDPrimaryKey:
    id: Mapped[str] = mapped_column(primary_key=True)

class BigIntPrimaryKey:
    id: Mapped[int] = mapped_column(primary_key=True)

IdentityPrimaryKey = BigIntPrimaryKey

class AuditColumns:
    created_at: Mapped[datetime] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column()

class SlugKey:
    slug: Mapped[str] = mapped_column(unique=True)

class UniqueMixin: ...
"""

_REPOSITORY = """
from typing import Generic, TypeVar

from decompose.effects import deletes, inserts, reads, scans, updates
from sqlalchemy import Loader, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

J = TypeVar("J")
T = TypeVar("T")

class SQLAlchemyRepository(Generic[T]):
    model_type: type[T]
    statement: Select[T]
    def __init__(self, *, statement=None, session=None, **options) -> None: ...
    @inserts("T")
    def add(self, data, **options) -> T: ...
    @inserts("T")
    def add_many(self, data, **options) -> list[T]: ...
    @reads("T")
    @deletes("T")
    def delete(self, item_id, **options) -> T: ...
    @reads("T")
    @deletes("T")
    def delete_many(self, item_ids, **options) -> list[T]: ...
    @reads("T")
    @deletes("T")
    def delete_where(self, *filters, **options) -> list[T]: ...
    @scans("T")
    def exists(self, *filters, **options) -> bool: ...
    @scans("T")
    def count(self, *filters, **options) -> int: ...
    @reads("T", "J")
    def get(self, item_id, load: list[Loader[J]] = None, **options) -> T: ...
    @reads("T", "J")
    def get_one(self, *filters, load: list[Loader[J]] = None, **options) -> T: ...
    @reads("T", "J")
    def get_one_or_none(self, *filters, load: list[Loader[J]] = None, **options) -> T | None: ...
    @reads("T")
    @inserts("T")
    @updates("T")
    def get_or_upsert(self, *filters, **options) -> tuple[T, bool]: ...
    @reads("T")
    @updates("T")
    def get_and_update(self, *filters, **options) -> tuple[T, bool]: ...
    @reads("T")
    @updates("T")
    def update(self, data, **options) -> T: ...
    @updates("T")
    def update_many(self, data, **options) -> list[T]: ...
    @reads("T")
    @inserts("T")
    @updates("T")
    def upsert(self, data, **options) -> T: ...
    @reads("T")
    @inserts("T")
    @updates("T")
    def upsert_many(self, data, **options) -> list[T]: ...
    @reads("T", "J")
    def list(self, *filters, load: list[Loader[J]] = None, **options) -> list[T]: ...
    @reads("T", "J")
    def get_many(self, *filters, load: list[Loader[J]] = None, **options) -> list[T]: ...
    @reads("T", "J")
    def list_and_count(self, *filters, load: list[Loader[J]] = None, **options) -> tuple[list[T], int]: ...
    @reads("T", "J")
    def get_many_and_count(self, *filters, load: list[Loader[J]] = None, **options) -> tuple[list[T], int]: ...
    @reads("T", "J")
    def get_by_slug(self, slug, load: list[Loader[J]] = None, **options) -> T | None: ...
    @scans("T")
    def get_available_slug(self, value_to_slugify, **options) -> str: ...
    def filter_collection_by_kwargs(self, collection, **filters): ...

class SQLAlchemyAsyncRepository(SQLAlchemyRepository[T]):
    session: AsyncSession

class SQLAlchemySyncRepository(SQLAlchemyRepository[T]):
    session: Session

class SQLAlchemyAsyncSlugRepository(SQLAlchemyAsyncRepository[T]): ...
class SQLAlchemySyncSlugRepository(SQLAlchemySyncRepository[T]): ...
"""

_SERVICE = """
from typing import Generic, Self, TypeVar

from advanced_alchemy.repository import SQLAlchemyAsyncSlugRepository, SQLAlchemySyncSlugRepository
from decompose.effects import calls_own, deletes, inserts, reads, scans, updates
from sqlalchemy import Loader

J = TypeVar("J")
T = TypeVar("T")

class OffsetPagination(Generic[T]):
    items: list[T]
    limit: int
    offset: int
    total: int

class ResultConverter:
    def to_schema(self, data, total=None, filters=None, *, schema_type=None): ...

class RepositoryReadService(ResultConverter, Generic[T]):
    def __init__(self, session=None, **options) -> None: ...
    @classmethod
    def new(cls, session=None, **options) -> _Opened[Self]: ...
    @scans("T")
    def count(self, *filters, **options) -> int: ...
    @scans("T")
    def exists(self, *filters, **options) -> bool: ...
    @reads("T", "J")
    def get(self, item_id, load: list[Loader[J]] = None, **options) -> T: ...
    @reads("T", "J")
    def get_one(self, *filters, load: list[Loader[J]] = None, **options) -> T: ...
    @reads("T", "J")
    def get_one_or_none(self, *filters, load: list[Loader[J]] = None, **options) -> T | None: ...
    @reads("T", "J")
    def list(self, *filters, load: list[Loader[J]] = None, **options) -> list[T]: ...
    @reads("T", "J")
    def get_many(self, *filters, load: list[Loader[J]] = None, **options) -> list[T]: ...
    @reads("T", "J")
    def list_and_count(self, *filters, load: list[Loader[J]] = None, **options) -> tuple[list[T], int]: ...
    @reads("T", "J")
    def get_many_and_count(self, *filters, load: list[Loader[J]] = None, **options) -> tuple[list[T], int]: ...
    def to_model(self, data, operation=None) -> T: ...
    def to_model_on_create(self, data): ...
    def to_model_on_update(self, data): ...
    def to_model_on_delete(self, data): ...
    def to_model_on_upsert(self, data): ...

class _Opened(Generic[T]):
    def __aenter__(self) -> T: ...
    def __enter__(self) -> T: ...

class RepositoryService(RepositoryReadService[T]):
    @inserts("T")
    @calls_own("to_model_on_create", "call")
    def create(self, data, **options) -> T: ...
    @inserts("T")
    @calls_own("to_model_on_create", "call")
    def create_many(self, data, **options) -> list[T]: ...
    @reads("T")
    @updates("T")
    @calls_own("to_model_on_update", "call")
    def update(self, data, item_id=None, **options) -> T: ...
    @updates("T")
    @calls_own("to_model_on_update", "call")
    def update_many(self, data, **options) -> list[T]: ...
    @reads("T")
    @inserts("T")
    @updates("T")
    @calls_own("to_model_on_upsert", "call")
    def upsert(self, data, item_id=None, **options) -> T: ...
    @reads("T")
    @inserts("T")
    @updates("T")
    @calls_own("to_model_on_upsert", "call")
    def upsert_many(self, data, **options) -> list[T]: ...
    @reads("T")
    @inserts("T")
    @updates("T")
    def get_or_upsert(self, *filters, **options) -> tuple[T, bool]: ...
    @reads("T")
    @updates("T")
    def get_and_update(self, *filters, **options) -> tuple[T, bool]: ...
    @reads("T")
    @deletes("T")
    def delete(self, item_id, **options) -> T: ...
    @reads("T")
    @deletes("T")
    def delete_many(self, item_ids, **options) -> list[T]: ...
    @reads("T")
    @deletes("T")
    def delete_where(self, *filters, **options) -> list[T]: ...

class SQLAlchemyAsyncRepositoryReadService(RepositoryReadService[T]):
    repository: SQLAlchemyAsyncSlugRepository[T]

class SQLAlchemySyncRepositoryReadService(RepositoryReadService[T]):
    repository: SQLAlchemySyncSlugRepository[T]

class SQLAlchemyAsyncRepositoryService(RepositoryService[T]):
    repository: SQLAlchemyAsyncSlugRepository[T]

class SQLAlchemySyncRepositoryService(RepositoryService[T]):
    repository: SQLAlchemySyncSlugRepository[T]

def schema_dump(data, exclude_unset=True): ...
def is_dict(obj) -> bool: ...
def is_dict_with_field(obj, field_name) -> bool: ...
def is_dict_without_field(obj, field_name) -> bool: ...
"""

_EXTENSION = """
from advanced_alchemy import base, mixins, repository, service

class _Config:
    __has_more__ = True
    def __init__(self, *, before_send_handler=None, commit_mode="manual", **options) -> None: ...

class SQLAlchemyAsyncConfig(_Config): ...
class SQLAlchemySyncConfig(_Config): ...
"""
_EXTENSIONS = tuple(
    f"advanced_alchemy.extensions.{name}" for name in ("fastapi", "flask", "litestar", "sanic", "starlette")
)


def requests_in_transactions(linked: Linked) -> bool:
    """Whether the extension is told to commit at the end of each request."""
    modules = (*_EXTENSIONS, "litestar.plugins.sqlalchemy")
    configured = linked.sites_calling(*(f"{m}:SQLAlchemy{kind}Config" for m in modules for kind in ("Async", "Sync")))
    options = ("before_send_handler", "commit_mode")
    said = (linked.keyword(site.frame.scope, site.operation, option) for site in configured for option in options)
    return any(isinstance(mode, str) and mode.startswith("autocommit") for mode in said)


FRAMEWORK = Framework(
    name="Advanced Alchemy",
    summaries={
        "advanced_alchemy": "",
        "advanced_alchemy.base": _BASE,
        "advanced_alchemy.mixins": _MIXINS,
        "advanced_alchemy.repository": _REPOSITORY,
        "advanced_alchemy.service": _SERVICE,
        **dict.fromkeys(_EXTENSIONS, _EXTENSION),
        "litestar.contrib.sqlalchemy.base": "from advanced_alchemy.base import *\n",
        "litestar.contrib.sqlalchemy.repository": "from advanced_alchemy.repository import *\n",
        "litestar.plugins.sqlalchemy": _EXTENSION,
    },
    packages=("litestar",),
    requests_in_transactions=requests_in_transactions,
    examples=(
        Example(
            """
            from advanced_alchemy.base import UUIDAuditBase
            from advanced_alchemy.extensions.litestar import repository, service
            from sqlalchemy.orm import Mapped

            class Team(UUIDAuditBase):
                name: Mapped[str]
                def rename(self): pass

            class TeamService(service.SQLAlchemyAsyncRepositoryService[Team]):
                class Repo(repository.SQLAlchemyAsyncRepository[Team]):
                    model_type = Team
                repository_type = Repo

                async def to_model_on_create(self, data): return check(data)

            def check(data): pass

            async def found(teams: TeamService, data):
                team = await teams.create(data)
                team.rename()

            async def all_of(teams: TeamService):
                rows, total = await teams.list_and_count()
                for team in rows:
                    team.rename()
            """,
            calls=frozenset(
                {
                    "m:TeamService.to_model_on_create -[call]-> m:check",
                    "m:all_of -[call]-> m:Team.rename",
                    "m:found -[call]-> m:Team.rename",
                    "m:found -[call]-> m:TeamService.to_model_on_create",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class SQLAlchemyAsyncRepositoryService:
                def create(self, data): return data

            class Teams(SQLAlchemyAsyncRepositoryService):
                def to_model_on_create(self, data): pass

            def found(teams: Teams): teams.create({}).rename()
            """,
            calls=frozenset({"m:found -[call]-> m:SQLAlchemyAsyncRepositoryService.create"}),
        ),
    ),
)
