"""Plug-ins that are found through entry points: what the project itself declares in a group runs where the group is loaded."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_METADATA = """
from typing import Generic, TypeVar

from decompose import Declared

T = TypeVar("T")
U = TypeVar("U")

class EntryPoint(Generic[T]):
    name: str
    value: str
    group: str
    def load(self) -> T: ...

class EntryPoints(list[EntryPoint[T]]):
    def select(self, *, group: Declared[U] = None, name=None) -> EntryPoints[U]: ...
    def get(self, group: Declared[U], default=None) -> EntryPoints[U]: ...
    def __getitem__(self, name: Declared[U]) -> EntryPoint[T] | EntryPoints[U]: ...

def entry_points(*, group: Declared[T] = None, name=None) -> EntryPoints[T]: ...
"""

_PKG_RESOURCES = """
from typing import TypeVar

from decompose import Declared
from importlib.metadata import EntryPoint, EntryPoints

T = TypeVar("T")

def iter_entry_points(group: Declared[T], name=None) -> EntryPoints[T]: ...
def load_entry_point(dist, group: Declared[T], name) -> T: ...
"""

_STEVEDORE = """
from typing import Generic, TypeVar

from decompose import Declared, DeclaredObject

T = TypeVar("T")
O = TypeVar("O")

class Extension(Generic[T, O]):
    name: str
    plugin: T
    obj: O

class ExtensionManager(list[Extension[T, O]], Generic[T, O]):
    def __init__(self, namespace: Declared[T] | DeclaredObject[O], *args, **options) -> None: ...
    def __getitem__(self, name) -> Extension[T, O]: ...
    def __iter__(self) -> Iterator[Extension[T, O]]: ...

class NamedExtensionManager(ExtensionManager[T, O]): ...
class EnabledExtensionManager(ExtensionManager[T, O]): ...
class HookManager(ExtensionManager[T, O]): ...

class DriverManager(Generic[O]):
    driver: O
    def __init__(self, namespace: DeclaredObject[O], *args, **options) -> None: ...
"""


def _again(name: str) -> str:
    return f"from stevedore import {name}\n"


FRAMEWORK = Framework(
    name="Entry points",
    summaries={
        "importlib.metadata": _METADATA,
        "importlib_metadata": "from importlib.metadata import EntryPoint, EntryPoints, entry_points\n",
        "pkg_resources": _PKG_RESOURCES,
        "stevedore": _STEVEDORE,
        "stevedore.extension": _again("ExtensionManager"),
        "stevedore.named": _again("NamedExtensionManager"),
        "stevedore.enabled": _again("EnabledExtensionManager"),
        "stevedore.driver": _again("DriverManager"),
    },
    examples=(
        Example(
            {
                "pyproject.toml": """
                    [project]
                    name = "shop"
                    [project.scripts]
                    shop = "shop.cli:main"
                    [project.entry-points."shop.exporters"]
                    csv = "shop.plugins:Csv"
                    json = "shop.plugins:json"
                    [project.entry-points."elsewhere"]
                    xml = "shop.plugins:xml"
                """,
                "setup.cfg": """
[options.entry_points]
console_scripts =
    shop-more = shop.cli:more
shop.readers =
    text = shop.plugins:text [extra]
""",
                "setup.py": """
                    from setuptools import setup
                    POINTS = {"shop.writers": ["pdf = shop.plugins:Pdf"], "console_scripts": ["shop-last=shop.cli:last"]}
                    setup(name="shop", entry_points=POINTS)
                """,
                "shop/__init__.py": "",
                "shop/cli.py": """
                    import importlib.metadata
                    from importlib.metadata import entry_points
                    import pkg_resources
                    from stevedore import driver

                    EXPORTERS = "shop.exporters"

                    def main():
                        for point in entry_points(group=EXPORTERS):
                            point.load()()

                    def more():
                        for point in pkg_resources.iter_entry_points("shop.readers"):
                            point.load()()

                    def last():
                        for point in importlib.metadata.entry_points().select(group="shop.writers"):
                            point.load()().write()
                        driver.DriverManager("shop.writers", "pdf", invoke_on_load=True).driver.write()
                """,
                "shop/plugins.py": """
                    class Csv:
                        def __init__(self): pass
                    def json(): pass
                    def xml(): pass
                    def text(): pass
                    class Pdf:
                        def write(self): pass
                """,
            },
            entries=frozenset(
                {
                    "command shop -> shop.cli:main",
                    "command shop-more -> shop.cli:more",
                    "command shop-last -> shop.cli:last",
                }
            ),
            calls=frozenset(
                {
                    "shop.cli:main -[construct]-> shop.plugins:Csv.__init__",
                    "shop.cli:main -[call]-> shop.plugins:json",
                    "shop.cli:more -[call]-> shop.plugins:text",
                    "shop.cli:last -[construct]-> shop.plugins:Pdf",
                    "shop.cli:last -[call]-> shop.plugins:Pdf.write",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "pyproject.toml": """
                    [project.entry-points."shop.exporters"]
                    csv = "shop:csv"
                """,
                "shop/__init__.py": """
                    from importlib.metadata import entry_points
                    def csv(): pass
                    class Point:
                        def load(self): pass
                    def points(group): return [Point()]
                    def other(): return [point.load() for point in points("shop.exporters")]
                    def names(): return [point.name for point in entry_points(group="other")]
                """,
            },
            calls=frozenset(
                {
                    "shop:points -[construct]-> shop:Point",
                    "shop:other -[call]-> shop:points",
                    "shop:other -[call]-> shop:Point.load",
                }
            ),
        ),
    ),
)
