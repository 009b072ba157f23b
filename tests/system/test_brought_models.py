"""Django's models of packages that are not in view, used by the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Application, Draw


def touched(app: Application) -> set[tuple[str, str, str]]:
    """(definition, operation, table)."""
    return {(a.definition, a.operation, a.table) for a in app.system.accesses}


def packages(app: Application) -> dict[str, str]:
    """Table -> the package that brings it."""
    return {table.name: table.package for table in app.system.tables}


def test_their_tables_count_and_are_told_with_the_package(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            from django_celery_beat.models import IntervalSchedule, PeriodicTask
            class Report(models.Model):
                task = models.OneToOneField(PeriodicTask, on_delete=models.CASCADE)
            def start():
                every, _ = IntervalSchedule.objects.get_or_create(every=1)
                return Report.objects.create(task=PeriodicTask.objects.create(interval=every))
            def stop(report: Report):
                report.task.enabled = False
                report.task.save()
            def end(): PeriodicTask.objects.filter(name="x").delete()
            """,
        }
    )
    assert packages(app) == {
        "shop_report": "",
        "django_celery_beat_intervalschedule": "django_celery_beat",
        "django_celery_beat_periodictask": "django_celery_beat",
    }
    assert [(k.table, k.columns, k.target_table) for k in app.system.foreign_keys] == [
        ("shop_report", ("task_id",), "django_celery_beat_periodictask")
    ]
    assert {
        ("shop.models:start", "insert", "django_celery_beat_intervalschedule"),
        ("shop.models:start", "insert", "django_celery_beat_periodictask"),
        ("shop.models:stop", "update", "django_celery_beat_periodictask"),
        ("shop.models:end", "delete", "django_celery_beat_periodictask"),
        ("shop.models:end", "delete", "shop_report"),
    } <= touched(app)


def test_what_is_done_to_a_table_that_is_known_by_its_usual_name_alone_is_inferred(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            from parcels.models import Parcel
            class Gift(Parcel):
                text = models.TextField()
            def post():
                Parcel.objects.create(name="x")
                Gift.objects.create(text="y")
            """,
        }
    )
    found = {(a.table, a.resolution, a.line) for a in app.system.accesses if a.operation == "insert"}
    assert {("parcels_parcel", "inferred", 6), ("shop_gift", "exact", 7)} <= found
    assert {a.rule for a in app.system.accesses if a.line == 6} == {
        "django.db.models:QuerySet.create, of what is taken for a model of parcels with a table of the usual name"
    }


def test_what_is_done_to_a_table_of_a_class_whose_base_is_known_by_its_name_alone_is_inferred(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from ours.sqlmodel import OurSQLModel
            from sqlmodel import Field, Session
            class Order(OurSQLModel, table=True):
                id: int = Field(primary_key=True)
            def post(session: Session):
                session.add(Order())
                session.commit()
            """,
        }
    )
    assert [(a.table, a.resolution, a.rule) for a in app.system.accesses] == [
        (
            "order",
            "inferred",
            "sqlalchemy.orm:Session.add, of what is taken for a class of sqlmodel by the name of ours.sqlmodel.OurSQLModel",
        )
    ]


def test_one_that_only_a_string_names_and_one_that_is_inherited_from(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            from modelcluster.fields import ParentalKey
            from wagtail.models import Orderable, Page
            class Story(Page):
                text = models.TextField()
                city = models.ForeignKey("cities.City", on_delete=models.CASCADE)
            class Picture(Orderable):
                story = ParentalKey(Story, related_name="pictures")
            def write(): Story.objects.create(text="")
            def show(story: Story): return list(story.pictures.all())
            """,
        }
    )
    assert packages(app) == {
        "shop_story": "",
        "shop_picture": "",
        "wagtailcore_page": "wagtail",
        "cities_city": "cities",
    }
    assert {(k.table, k.columns, k.target_table) for k in app.system.foreign_keys} == {
        ("shop_story", ("page_ptr_id",), "wagtailcore_page"),
        ("shop_story", ("city_id",), "cities_city"),
        ("shop_picture", ("story_id",), "shop_story"),
    }
    assert {
        ("shop.models:write", "insert", "wagtailcore_page"),
        ("shop.models:write", "insert", "shop_story"),
        ("shop.models:show", "read", "shop_picture"),
    } <= touched(app)


def test_a_package_whose_tables_are_called_otherwise(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/views.py": """
            import django
            from django.contrib.auth.models import User
            from social_django.models import UserSocialAuth
            def forget(): UserSocialAuth.objects.filter(provider="x").delete()
            def logins(user: User): return list(user.social_auth.all())
            """,
        }
    )
    assert touched(app) >= {
        ("shop.views:forget", "delete", "social_auth_usersocialauth"),
        ("shop.views:logins", "read", "social_auth_usersocialauth"),
    }


def test_what_is_not_used_as_a_model_or_is_in_view_is_none(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            from ours.models import Mixin, Price, helper
            from people.models import Person
            class Order(Mixin, models.Model):
                by = models.ForeignKey("people.Person", on_delete=models.CASCADE)
                def total(self): return Price(self.number)
            def find(): return Person.objects.get(pk=1)
            """,
            "people/__init__.py": "",
            "people/models.py": """
            from django.db import models
            class Person(models.Model): pass
            """,
        }
    )
    assert packages(app) == {"shop_order": "", "people_person": ""}
