from decompose.effects import stores


class FastAPICache:
    __has_more__ = True

    @classmethod
    def init(cls, backend, **options) -> None: ...
    @classmethod
    @stores("cache", "delete", "namespace key")
    def clear(cls, namespace=None, key=None): ...
