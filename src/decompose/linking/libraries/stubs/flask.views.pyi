from typing import Generic, Self, TypeVar

V = TypeVar("V")


class View:
    __decorators_in__ = "decorators"
    __hooks__ = "dispatch_request get post put patch delete head options"
    __hooks_of_each_request__ = "dispatch_request"
    @classmethod
    def as_view(cls, name, *args, **kwargs) -> ViewFunction[Self]: ...
    def dispatch_request(self): ...


class ViewFunction(Generic[V]): ...


class MethodView(View): ...
