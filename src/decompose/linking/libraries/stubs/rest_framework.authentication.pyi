from decompose.effects import reads
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token


class TokenAuthentication:
    __hooks__ = "authenticate authenticate_header authenticate_credentials get_model"
    __has_more__ = True
    @reads("Token", "User")
    def authenticate(self, request) -> tuple[User, Token]: ...
    @reads("Token", "User")
    def authenticate_credentials(self, key) -> tuple[User, Token]: ...
    def authenticate_header(self, request): ...
    def get_model(self) -> type[Token]: ...
