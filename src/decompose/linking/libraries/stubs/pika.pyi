from pika.channel import Channel


class BlockingConnection:
    def __init__(self, parameters=None) -> None: ...
    def channel(self, number=None) -> Channel: ...
    def close(self): ...


SelectConnection = BlockingConnection
