from decompose.effects import stores


class _Values:
    @stores("settings", "read", "key")
    def get(self, key, *args, **options): ...
    @stores("settings", "write", "key")
    def put(self, key, *args, **options): ...
    @stores("settings", "delete", "key")
    def delete(self, key, *args, **options): ...


class Consul:
    __has_more__ = True
    kv: _Values

    def __init__(self, *args, **options) -> None: ...
