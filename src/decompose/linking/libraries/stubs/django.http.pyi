from django.contrib.auth.models import User


class HttpRequest:
    __keeps_attributes__ = True

    user: User
