from django.db.models import CharField, OutsideModel


class AbstractImage(OutsideModel):
    title = CharField()

    class Meta:
        abstract = True


class AbstractRendition(OutsideModel):
    class Meta:
        abstract = True


class Image(AbstractImage):
    __tablename__ = "wagtailimages_image"
