from django.db.models import Manager, Model
from typing import TypeVar

from decompose.effects import reads

M = TypeVar("M")


class ContentTypeManager(Manager[M]):
    @reads("M")
    def get_for_model(self, model, **options) -> M: ...
    @reads("M")
    def get_for_models(self, *models, **options) -> dict[object, M]: ...
    @reads("M")
    def get_for_id(self, id) -> M: ...
    @reads("M")
    def get_by_natural_key(self, app_label, model) -> M: ...
    def clear_cache(self): ...


class ContentType(Model):
    __tablename__ = "django_content_type"
    objects = ContentTypeManager()
