from django.db.models import CharField, Model


class Redirect(Model):
    __tablename__ = "django_redirect"
    old_path = CharField()
    new_path = CharField()
