from django.db.models import BooleanField, CharField, DateTimeField, ForeignKey, IntegerField, Model, OutsideModel


class Orderable(Model):
    sort_order = IntegerField()

    class Meta:
        abstract = True


class Locale(OutsideModel):
    __tablename__ = "wagtailcore_locale"


class Collection(OutsideModel):
    __tablename__ = "wagtailcore_collection"


class Page(OutsideModel):
    __tablename__ = "wagtailcore_page"
    title = CharField()
    slug = CharField()
    live = BooleanField()
    first_published_at = DateTimeField()


class Site(OutsideModel):
    __tablename__ = "wagtailcore_site"
    hostname = CharField()
    root_page = ForeignKey(Page)


class Revision(OutsideModel):
    __tablename__ = "wagtailcore_revision"
