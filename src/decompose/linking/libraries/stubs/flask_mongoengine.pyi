import mongoengine


class BaseQuerySet(mongoengine.QuerySet): ...


class Document(mongoengine.Document): ...
class DynamicDocument(mongoengine.DynamicDocument): ...


class MongoEngine:
    __has_more__ = True

    Document: type[Document]
    DynamicDocument: type[DynamicDocument]
    EmbeddedDocument: type[mongoengine.EmbeddedDocument]
    ReferenceField: type[mongoengine.ReferenceField]
    LazyReferenceField: type[mongoengine.LazyReferenceField]
    EmbeddedDocumentField: type[mongoengine.EmbeddedDocumentField]
    EmbeddedDocumentListField: type[mongoengine.EmbeddedDocumentListField]
    ListField: type[mongoengine.ListField]
    def __init__(self, app=None, **options) -> None: ...
    def init_app(self, app, **options) -> None: ...
