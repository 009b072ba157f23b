from django.db.models import Model


class Session(Model):
    __tablename__ = "django_session"
