from typing import Generic, TypeVar

from decompose.effects import calls_on, inserts, leaves_to, reads, updates
from django.db.models import QuerySet

M = TypeVar("M")


class Resource:
    __has_more__ = True
    __hooks__ = "before_* after_* skip_row dehydrate_* get_queryset get_instance init_instance save_instance import_field import_obj import_instance get_or_init_instance filter_export export_field get_export_fields get_import_fields for_delete get_user_visible_fields do_instance_save delete_instance validate_instance save_m2m"

    def __init__(self, **kwargs) -> None: ...
    @calls_on("Self", "before_import*", "after_import*", "get_or_init_instance", "get_instance", "init_instance", "skip_row", "save_instance", "for_delete")
    def import_data(self, dataset, dry_run=False, raise_errors=False, use_transactions=None, **kwargs): ...
    @calls_on("Self", "get_queryset", "filter_export", "before_export", "after_export", "export_field", "dehydrate_*")
    def export(self, *args, queryset=None, **kwargs): ...


class ModelResource(Resource, Generic[M]):
    __model_named_in__ = "Meta.model"

    def get_queryset(self) -> QuerySet[M]: ...
    def init_instance(self, row=None) -> M: ...
    def get_instance(self, instance_loader, row) -> M: ...
    @leaves_to("M", "save")
    @reads("M")
    @inserts("M")
    @updates("M")
    @calls_on("Self", "before_import*", "after_import*", "get_or_init_instance", "get_instance", "init_instance", "skip_row", "save_instance", "for_delete")
    def import_data(self, dataset, dry_run=False, raise_errors=False, use_transactions=None, **kwargs): ...
    @leaves_to("M", "save")
    @reads("M")
    @inserts("M")
    @updates("M")
    def import_row(self, row, instance_loader, **kwargs): ...
    @leaves_to("M", "save")
    @inserts("M")
    @updates("M")
    def save_instance(self, instance, is_create, row, **kwargs): ...
    @reads("M")
    @calls_on("Self", "get_queryset", "filter_export", "before_export", "after_export", "export_field", "dehydrate_*")
    def export(self, queryset: QuerySet[M] = None, *args, **kwargs): ...


def modelresource_factory(model: type[M], resource_class=ModelResource, **options) -> type[ModelResource[M]]: ...
