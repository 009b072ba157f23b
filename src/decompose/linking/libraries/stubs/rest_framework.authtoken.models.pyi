from django.contrib.auth.models import User
from django.db.models import CharField, DateTimeField, Model, OneToOneField


class Token(Model):
    __tablename__ = "authtoken_token"
    key = CharField()
    user = OneToOneField(User, related_name="auth_token")
    created = DateTimeField()
    @classmethod
    def generate_key(cls): ...
