from django.db.models import CharField, OutsideModel


class AbstractDocument(OutsideModel):
    title = CharField()

    class Meta:
        abstract = True


class Document(AbstractDocument):
    __tablename__ = "wagtaildocs_document"
