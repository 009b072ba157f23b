from django.db.models import Manager, Model, QuerySet
from typing import Generic, TypeVar

from decompose.effects import builds, reads

M = TypeVar("M")
T = TypeVar("T")  # the model that a row stands for


class ContentTypeManager(Manager[M]):
    @reads("M")
    def get_for_model(self, model: T | type[T], **options) -> ContentType[T]: ...
    @reads("M")
    def get_for_models(self, *models: T | type[T], **options) -> dict[type[T], ContentType[T]]: ...
    @reads("M")
    def get_for_id(self, id) -> M: ...
    @reads("M")
    def get_by_natural_key(self, app_label, model) -> M: ...
    def clear_cache(self): ...


class ContentType(Model, Generic[T]):
    __tablename__ = "django_content_type"
    __each_has_its_own__ = True
    objects = ContentTypeManager()

    def model_class(self) -> type[T]: ...
    @reads("T")
    def get_object_for_this_type(self, using=None, **lookups) -> T: ...
    @builds("read", "T")
    def get_all_objects_for_this_type(self, **lookups) -> QuerySet[T]: ...
    def natural_key(self): ...
