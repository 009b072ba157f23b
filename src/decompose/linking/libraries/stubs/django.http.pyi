from django.contrib.auth.models import User


class HttpRequest:
    user: User
