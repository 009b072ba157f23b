"""Services of Pyramid of which settings outside of the code name the class."""

from __future__ import annotations

from tests.conftest import Draw

_APPLICATION = """
    import pyramid
    from zope.interface import Interface, implementer

    class IStorage(Interface):
        def store(path): pass

    {classes}

    def includeme(config):
        config.register_service_factory(config.maybe_dotted(config.settings["x"]).create_service, IStorage)

    def keep(request):
        request.find_service(IStorage)
"""

_CLASS = """
    @implementer(IStorage)
    class {name}:
        @classmethod
        def create_service(cls, context, request): return cls()
"""


def _made_by(draw: Draw, *names: str) -> set[tuple[str, str, str]]:
    application = draw(_APPLICATION.replace("{classes}", "".join(_CLASS.replace("{name}", name) for name in names)))
    found = application.dependencies()
    return {(d.target, d.resolution, d.rule) for d in found if d.source == "m:keep"}


def test_each_class_with_the_interface_may_be_the_service(draw: Draw) -> None:
    rule = "one of 2 classes that implement the interface; settings choose the class"
    assert _made_by(draw, "Disk", "Cloud") == {
        ("m:Disk.create_service", "inferred", rule),
        ("m:Cloud.create_service", "inferred", rule),
    }


def test_the_only_class_with_the_interface_is_not_certain_either(draw: Draw) -> None:
    rule = "the only class that implements the interface; settings choose the class"
    assert _made_by(draw, "Disk") == {("m:Disk.create_service", "inferred", rule)}
