from decompose.effects import stores


class _Secrets:
    __has_more__ = True

    @stores("settings", "read", "path")
    def read_secret(self, path=None, *args, **options): ...
    @stores("settings", "read", "path")
    def read_secret_version(self, path=None, *args, **options): ...
    @stores("settings", "read", "path")
    def read_secret_metadata(self, path=None, *args, **options): ...
    @stores("settings", "read", "path")
    def list_secrets(self, path=None, *args, **options): ...
    @stores("settings", "write", "path")
    def create_or_update_secret(self, path=None, *args, **options): ...
    @stores("settings", "write", "path")
    def patch(self, path=None, *args, **options): ...
    @stores("settings", "delete", "path")
    def delete_secret(self, path=None, *args, **options): ...
    @stores("settings", "delete", "path")
    def delete_latest_version_of_secret(self, path=None, *args, **options): ...
    @stores("settings", "delete", "path")
    def delete_metadata_and_all_versions(self, path=None, *args, **options): ...


class _KeysAndValues(_Secrets):
    v1: _Secrets
    v2: _Secrets


class _Engines:
    __has_more__ = True
    kv: _KeysAndValues


class Client:
    __has_more__ = True
    secrets: _Engines

    def __init__(self, *args, **options) -> None: ...
    @stores("settings", "read", "path")
    def read(self, path, *args, **options): ...
    @stores("settings", "read", "path")
    def list(self, path, *args, **options): ...
    @stores("settings", "write", "path")
    def write(self, path, *args, **options): ...
    @stores("settings", "delete", "path")
    def delete(self, path, *args, **options): ...
