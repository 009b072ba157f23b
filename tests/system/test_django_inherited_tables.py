"""Tables of Django's models that share a row with a model above, that libraries extend, or whose fields libraries bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.system.test_model_declarations import indexes, keys, tables

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_the_link_to_the_row_above(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.contrib.auth.models import Group
            from django.db import models
            class Plugin(models.Model): pass
            class Text(Plugin):
                plugin_ptr = models.OneToOneField(Plugin, models.CASCADE, parent_link=True)
                body = models.TextField()
            class Link(Plugin):
                above = models.OneToOneField(Plugin, models.CASCADE, parent_link=True)
                text = models.ForeignKey(Text, models.CASCADE)
            class Team(Group):
                city = models.TextField()
            """,
        }
    )
    told = {name: columns for name, columns in tables(app).items() if name.startswith("shop_")}
    assert told == {
        "shop_plugin": "id integer*",
        "shop_text": "plugin_ptr_id integer*, body text",
        "shop_link": "above_id integer*, text_id integer",
        "shop_team": "group_ptr_id integer*, city text",
    }
    assert "shop_team_permissions" not in tables(app)
    assert {key for key in keys(app) if key.startswith("shop_")} == {
        "shop_text.plugin_ptr_id -> shop_plugin.id CASCADE",
        "shop_link.above_id -> shop_plugin.id CASCADE",
        "shop_link.text_id -> shop_text.plugin_ptr_id CASCADE",
        "shop_team.group_ptr_id -> auth_group.id CASCADE",
    }


def test_fields_of_libraries_out_of_view_are_columns(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            from django.db.models.lookups import Transform
            from django_fsm import FSMField
            from imagekit.models import ImageSpecField
            from thumbs import PictureField, SortedManyToManyField, helper
            class OwnField(PictureField): pass
            class Depth(Transform):
                output_field = models.IntegerField()
            class Order(models.Model):
                state = FSMField(default="new", db_index=True)
                picture = OwnField(null=True, db_column="pic")
                small = ImageSpecField(source="picture")
                others = SortedManyToManyField("self")
                helped = helper(null=True)
            """,
        }
    )
    assert tables(app) == {"shop_order": "id integer*, state -, pic -?"}
    assert indexes(app) == {"shop_order(state)"}


def test_translations_are_unique_in_each_language(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            from parler.models import TranslatableModel, TranslatedFields
            class Kind(TranslatableModel):
                translations = TranslatedFields(
                    name=models.CharField(max_length=9), meta={"unique_together": [("name", "language_code")]}
                )
            """,
        }
    )
    assert (
        tables(app)["shop_kind_translation"]
        == "id integer*, name varchar(9), language_code varchar(15), master_id integer?"
    )
    assert indexes(app) == {
        "shop_kind_translation(name,language_code)!",
        "shop_kind_translation(language_code,master_id)!",
        "shop_kind_translation(language_code)",
        "shop_kind_translation(master_id)",
    }
