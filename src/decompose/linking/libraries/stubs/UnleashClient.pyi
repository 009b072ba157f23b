from decompose.effects import stores


class UnleashClient:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    @stores("settings", "read", "feature_name")
    def is_enabled(self, feature_name, *args, **options): ...
    @stores("settings", "read", "feature_name")
    def get_variant(self, feature_name, *args, **options): ...
