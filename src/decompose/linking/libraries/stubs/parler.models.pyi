from django.db.models import Model


class TranslatedFields:
    def __init__(self, meta=None, **fields) -> None: ...


class TranslatedField:
    def __init__(self, any_language=False) -> None: ...


class TranslatedFieldsModel(Model):
    __has_more__ = True

    class Meta:
        abstract = True


class TranslatableModel(Model):
    __has_more__ = True

    class Meta:
        abstract = True

    def get_current_language(self) -> str: ...
    def set_current_language(self, language_code, initialize=False) -> None: ...
