from django.db.models import CharField, Model


class FlatPage(Model):
    __tablename__ = "django_flatpage"
    url = CharField()
    title = CharField()
