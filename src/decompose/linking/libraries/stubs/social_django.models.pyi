from django.contrib.auth.models import User
from django.db.models import CharField, ForeignKey, OutsideModel


class UserSocialAuth(OutsideModel):
    __tablename__ = "social_auth_usersocialauth"
    user = ForeignKey(User, related_name="social_auth")
    provider = CharField()
    uid = CharField()


class Nonce(OutsideModel):
    __tablename__ = "social_auth_nonce"


class Association(OutsideModel):
    __tablename__ = "social_auth_association"


class Code(OutsideModel):
    __tablename__ = "social_auth_code"


class Partial(OutsideModel):
    __tablename__ = "social_auth_partial"
