from django.db.models import Model


class Session(Model):
    __tablename__ = "django_session"
    __each_has_its_own__ = True
