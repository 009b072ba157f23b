from typing import Generic, TypeVar

from decompose.effects import calls_on, inserts, leaves_to, made_with, renders, replaces_relations, represents, saves_relations, updates, validates

M = TypeVar("M")


class BaseSerializer:
    __hooks__ = "validate validate_* to_representation to_internal_value run_validation get_fields create update build_field get_extra_kwargs"
    __asked_hooks__ = "create update"
    initial_data: dict
    validated_data: dict
    errors: dict
    context: dict
    fields: dict
    @renders("instance")
    def __init__(self, instance=None, *args, **kwargs) -> None: ...
    @validates("Self")
    def is_valid(self, **options): ...
    @property
    @represents("Self")
    def data(self) -> dict: ...
    def validate(self, attrs) -> dict: ...
    @represents("Self")
    def to_representation(self, instance) -> dict: ...
    def to_internal_value(self, data) -> dict: ...
    @validates("Self")
    def run_validation(self, data=None): ...
    def get_fields(self) -> dict: ...


class Serializer(BaseSerializer):
    @made_with("instance", "data", "update", "create")
    @calls_on("Self", "create", "update")
    def save(self, **kwargs): ...
    def create(self, validated_data: dict): ...
    def update(self, instance, validated_data: dict): ...


class ListSerializer(BaseSerializer):
    """Validates and shows many by the serializer that stands in its attribute ``child``."""

    @made_with("instance", "data", "update", "create")
    @calls_on("Self", "create", "update")
    def save(self, **kwargs): ...
    def create(self, validated_data: list): ...
    def update(self, instance, validated_data: list): ...


class ModelSerializer(Serializer, Generic[M]):
    """A serializer of the model that its ``Meta`` names."""

    __model_named_in__ = "Meta.model"
    instance: M

    @made_with("instance", "data", "update", "create")
    @calls_on("Self", "create", "update")
    def save(self, **kwargs) -> M: ...
    @leaves_to("M", "save")
    @inserts("M")
    @saves_relations("Self")
    def create(self, validated_data: dict) -> M: ...
    @leaves_to("M", "save")
    @updates("M")
    @saves_relations("Self")
    @replaces_relations("Self")
    def update(self, instance: M, validated_data: dict) -> M: ...
    @represents("Self")
    def to_representation(self, instance: M) -> dict: ...
    def get_extra_kwargs(self): ...
    def build_field(self, *args): ...


class HyperlinkedModelSerializer(ModelSerializer[M]): ...
