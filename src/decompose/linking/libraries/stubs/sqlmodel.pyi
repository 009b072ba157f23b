from sqlalchemy import *
from sqlalchemy.orm import DeclarativeBase, Relationship, Session


class SQLModel(DeclarativeBase): ...
