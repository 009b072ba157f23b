from typing import Generic, TypeVar

from decompose.effects import deletes, inserts, reads, scans, updates
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

M = TypeVar("M")


class Stored(Generic[M]):
    """A session that is a row."""

    @reads("M")
    def load(self) -> dict: ...
    @reads("M")
    def aload(self) -> dict: ...
    @scans("M")
    def exists(self, session_key): ...
    @scans("M")
    def aexists(self, session_key): ...
    @inserts("M")
    def create(self) -> None: ...
    @inserts("M")
    def acreate(self) -> None: ...
    @inserts("M")
    @updates("M")
    def save(self, must_create=False) -> None: ...
    @inserts("M")
    @updates("M")
    def asave(self, must_create=False) -> None: ...
    @deletes("M")
    def delete(self, session_key=None) -> None: ...
    @deletes("M")
    def adelete(self, session_key=None) -> None: ...
    @classmethod
    @deletes("M")
    def clear_expired(cls) -> None: ...
    @classmethod
    @deletes("M")
    def aclear_expired(cls) -> None: ...


class SessionStore(Stored[Session], SessionBase):
    def __init__(self, session_key=None) -> None: ...
