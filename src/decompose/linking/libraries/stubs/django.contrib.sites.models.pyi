from typing import ClassVar, Self, TypeVar

from decompose.effects import reads

from django.db.models import Manager, Model

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")


class SiteManager(Manager[M, J, S, A]):
    """Asks for the site of the request or of the settings, once in each process."""

    @reads("M")
    def get_current(self, request=None) -> M: ...


class Site(Model):
    __tablename__ = "django_site"
    objects: ClassVar[SiteManager[Self]]
