from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Query, Session

T = TypeVar("T")
J = TypeVar("J")
Q = TypeVar("Q")


def paginate_query(query: Q, model, limit, sort_keys, marker=None, **options) -> Q: ...
def model_query(model: type[T], session: Session, args: ColumnElement[J] = None, **options) -> Query[T, J]: ...
