class Local:
    __keeps_attributes__ = True
    __has_more__ = True

    def __init__(self, thread_critical=False) -> None: ...
