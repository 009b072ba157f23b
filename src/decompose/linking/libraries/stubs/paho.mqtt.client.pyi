from decompose.effects import stores


class Client:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    @stores("queue", "write", "topic")
    def publish(self, topic, payload=None, **options): ...
    @stores("queue", "read", "topic")
    def subscribe(self, topic, qos=0, **options): ...
