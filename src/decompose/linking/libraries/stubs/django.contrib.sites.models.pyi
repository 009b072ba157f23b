from django.db.models import Model


class Site(Model):
    __tablename__ = "django_site"
