from decompose.effects import calls_back
from pika.channel import Channel


class BlockingConnection:
    def __init__(self, parameters=None) -> None: ...
    def channel(self, number=None) -> Channel: ...
    def close(self): ...


class SelectConnection:
    __has_more__ = True

    @calls_back("on_open_callback", "SelectConnection")
    @calls_back("on_open_error_callback", "SelectConnection")
    @calls_back("on_close_callback", "SelectConnection")
    def __init__(
        self, parameters=None, on_open_callback=None, on_open_error_callback=None, on_close_callback=None, **options
    ) -> None: ...
    @calls_back("on_open_callback", "Channel")
    def channel(self, channel_number=None, on_open_callback=None) -> Channel: ...
