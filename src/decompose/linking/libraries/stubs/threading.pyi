from decompose.effects import calls_own, keeps, runs


class Thread:
    __has_more__ = True

    @runs("target", "task", "args", "kwargs")
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None) -> None: ...
    @calls_own("run", "task")
    def start(self) -> None: ...
    def run(self) -> None: ...
    def join(self, timeout=None) -> None: ...
    def is_alive(self): ...


class Timer(Thread):
    @runs("function", "task", "args", "kwargs")
    def __init__(self, interval, function, args=None, kwargs=None) -> None: ...
    def cancel(self) -> None: ...


class local:
    __keeps_attributes__ = True
    __has_more__ = True
