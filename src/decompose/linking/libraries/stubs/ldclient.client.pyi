from decompose.effects import stores


class LDClient:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    @stores("settings", "read", "key")
    def variation(self, key, *args, **options): ...
    @stores("settings", "read", "key")
    def variation_detail(self, key, *args, **options): ...
