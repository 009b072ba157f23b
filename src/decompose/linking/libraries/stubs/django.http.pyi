from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase


class HttpRequest:
    __keeps_attributes__ = True

    user: User
    session: SessionBase
