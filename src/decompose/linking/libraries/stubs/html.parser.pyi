from decompose.effects import calls_on


class HTMLParser:
    __has_more__ = True
    __hooks__ = "handle_* unknown_decl"

    def __init__(self, *, convert_charrefs=True) -> None: ...
    @calls_on("Self", "handle_*", "unknown_decl")
    def feed(self, data) -> None: ...
    @calls_on("Self", "handle_*", "unknown_decl")
    def close(self) -> None: ...
