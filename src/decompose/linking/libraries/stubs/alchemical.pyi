from typing import Self

from decompose.effects import builds, transaction
from sqlalchemy import Delete, Engine, MetaData, Select, Update
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction



class Model(DeclarativeBase):
    __metadatas__: dict[object, MetaData]

    @classmethod
    @builds("read", "Self")
    def select(cls) -> Select[Self]: ...
    @classmethod
    @builds("update", "Self")
    def update(cls) -> Update[Self]: ...
    @classmethod
    @builds("delete", "Self")
    def delete(cls) -> Delete[Self]: ...


class Alchemical:
    Model: type[Model]
    Session: type[Session]
    session: Session

    def __init__(self, *args, **options) -> None: ...
    def initialize(self, *args, **options): ...
    def get_engine(self, bind=None) -> Engine: ...
    @transaction("session")
    def begin(self) -> SessionTransaction: ...
    def create_all(self): ...
    def drop_all(self): ...
