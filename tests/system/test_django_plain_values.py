"""Values of which nothing of the application is called, and whose types Django tells: of fields, and of commands' parsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_what_plain_fields_hold(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Order(models.Model):
                    name = models.CharField(max_length=10)
                    made = models.DateTimeField()
                    data = models.JSONField()
                    def short(self): return self.name.lower()
                    def when(self): return self.made.isoformat()
                    def size(self): return self.data.get("size")
                    def wrong(self): return self.name.draw()
                    @classmethod
                    def gone(cls): raise cls.DoesNotExist("no")
            """,
        }
    )
    outside = {(caller.rpartition(".")[2], callee) for caller, callee in app.external() if "Field" not in callee}
    assert outside == {
        ("short", "builtins:str.lower"),
        ("when", "datetime:datetime().isoformat"),
        ("size", "builtins:dict.get"),
        ("gone", "django.core.exceptions:ObjectDoesNotExist"),
    }
    assert [spot.definition for spot in app.blind_spots("unresolved call")] == ["shop.models:Order.wrong"]


def test_the_parser_of_a_command(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/management/__init__.py": "",
            "shop/management/commands/__init__.py": "",
            "shop/management/commands/count.py": """
                from django.core.management import BaseCommand, call_command
                def number(text): pass
                def add_arguments(parser): parser.add_argument("--free")
                class Command(BaseCommand):
                    def add_arguments(self, parser):
                        parser.add_mutually_exclusive_group().add_argument("--most", type=number)
                    def handle(self, *args, **options):
                        self.stdout.write(self.style.SUCCESS("done"))
                        call_command("count")
            """,
        }
    )
    module = "shop.management.commands.count"
    assert app.calls() == {
        (f"{module}:Command", f"{module}:Command.add_arguments"),
        (f"{module}:Command.add_arguments", f"{module}:number"),
        (f"{module}:Command.handle", f"{module}:Command.handle"),
    }
    assert [spot.definition for spot in app.blind_spots("unresolved call")] == [f"{module}:add_arguments"]


def test_the_initialiser_of_a_dictionary(draw: Draw) -> None:
    app = draw(
        """
        class Kept(dict): pass
        class Marked(Kept):
            def __init__(self, **values): Kept.__init__(self, **values)
        """
    )
    assert ("m:Marked.__init__", "builtins:dict.__init__") in app.external()
    assert not app.blind_spots("unresolved call")
