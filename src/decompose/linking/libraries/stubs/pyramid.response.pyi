class Response:
    __has_more__ = True
    __keeps_attributes__ = True

    headers: dict[str, str]
    body: bytes
    text: str
    status: str
    status_code: int
    status_int: int
    def __init__(self, *args, **options) -> None: ...
