from decompose.effects import stores


class Config:
    """Settings that are kept in a table or in Redis, by their names."""

    @stores("settings", "read", "name")
    def __getattr__(self, name): ...
    @stores("settings", "write", "name")
    def __setattr__(self, name, value): ...


config: Config
