"""What is read from an attribute that a class declares as a column of plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

_NODES = """
from enum import Enum
from {library} import {model}, {imported}

class Kind(Enum):
    LEAF = 1
    def label(self): return "leaf"

class Graph({model}):
    def __str__(self): return "graph"

class Node({model}):
    key = {key}
    kind = {kind}

    def __init__(self, given):
        for name, value in given.items():
            setattr(self, name, value)
        self.key = given["key"]
        self.kind = given["kind"]
        self.graph_itself = given["graph"]

def made(name):
    return Node({{"key": Graph() if name else 1, "kind": Kind.LEAF, "graph": Graph()}})

def keyed():
    return str(made("a").key)

def labelled():
    return made("a").kind.label()

def shown():
    return str(made("a").graph_itself)
"""


@pytest.mark.parametrize(
    ("library", "model", "imported", "key", "kind"),
    [
        ("django.db.models", "Model", "UUIDField, CharField", "UUIDField()", "CharField(max_length=9)"),
        ("peewee", "Model", "UUIDField, CharField", "UUIDField()", "CharField()"),
    ],
)
def test_a_column_of_data_holds_no_object(
    draw: Draw, library: str, model: str, imported: str, key: str, kind: str
) -> None:
    app = draw({"m.py": _NODES.format(library=library, model=model, imported=imported, key=key, kind=kind)})
    edges = {(d.source, d.target) for d in app.dependencies()}
    assert not [edge for edge in edges if edge[0] == "m:keyed" and edge[1] != "m:made"]
    assert ("m:labelled", "m:Kind.label") in edges
    assert ("m:shown", "m:Graph.__str__") in edges


def test_a_field_of_the_application_may_hold_what_it_likes(draw: Draw) -> None:
    app = draw(
        {
            "m.py": _NODES.format(
                library="django.db.models", model="Model", imported="Field", key="GraphField()", kind="Field()"
            ).replace("class Kind(Enum)", "class GraphField(Field):\n    pass\n\nclass Kind(Enum)")
        }
    )
    assert ("m:keyed", "m:Graph.__str__") in {(d.source, d.target) for d in app.dependencies()}


def test_the_key_beside_a_row_is_data(draw: Draw) -> None:
    app = draw(
        """
        from django.db.models import CASCADE, ForeignKey, Model

        class Graph(Model):
            def __str__(self): return "graph"

        class Node(Model):
            graph = ForeignKey(Graph, on_delete=CASCADE)

            def __init__(self, given):
                self.graph_id = given["graph"]
                self.owner_id = given["owner"]

        def made():
            return Node({"graph": Graph(), "owner": Graph()})

        def keyed():
            return str(made().graph_id)

        def shown():
            return str(made().owner_id)
        """
    )
    edges = {(d.source, d.target) for d in app.dependencies()}
    assert ("m:keyed", "m:Graph.__str__") not in edges
    assert ("m:shown", "m:Graph.__str__") in edges
