from decompose.effects import stores


class Connection:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    @stores("queue", "write", "destination")
    def send(self, destination, body=None, **options): ...
    @stores("queue", "read", "destination")
    def subscribe(self, destination, *args, **options): ...


Connection11 = Connection
Connection12 = Connection
