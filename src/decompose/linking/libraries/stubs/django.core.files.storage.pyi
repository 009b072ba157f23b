from decompose.effects import stores


class Storage:
    __hooks__ = (
        "_save _open delete exists listdir size url path get_available_name get_valid_name generate_filename "
        "get_alternative_name get_accessed_time get_created_time get_modified_time"
    )

    __has_more__ = True

    @stores("files", "open", "name")
    def open(self, name, mode="rb"): ...
    @stores("files", "write", "name")
    def save(self, name, content, max_length=None): ...
    @stores("files", "delete", "name")
    def delete(self, name): ...
    @stores("files", "read", "name")
    def exists(self, name): ...
    @stores("files", "read", "path")
    def listdir(self, path): ...
    @stores("files", "read", "name")
    def size(self, name): ...
    def url(self, name): ...
    def path(self, name): ...


class FileSystemStorage(Storage):
    def __init__(self, location=None, **options) -> None: ...


class StorageHandler:
    def __getitem__(self, alias) -> Storage: ...


DefaultStorage = Storage
default_storage: Storage
storages: StorageHandler
