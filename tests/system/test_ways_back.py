"""Rows that were found by one of their keys know the row that this key leads to, and no other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

CODE = """
    from django.db import models
    class Person(models.Model):
        name = models.CharField(max_length=9)
        def own(self): return [each.member.name for each in self.membership_set.all()]
        def groups(self): return [each.group.name for each in self.membership_set.all()]
        def members(self): return [each.member.name for each in self.inside.filter(active=True)]
        def own_inside(self):
            for each in self.inside.all():
                print(each.group.name)
    class Membership(models.Model):
        group = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="inside")
        member = models.ForeignKey(Person, on_delete=models.CASCADE)
        active = models.BooleanField()
    def loaded_along(person: Person):
        return [each.group.name for each in person.membership_set.select_related("group")]
    def far_away(person: Person):
        return [each.group.name for each in person.membership_set.all()]
    """


def test_of_several_keys_to_one_table_that_by_which_rows_were_found_reads_nothing(draw: Draw) -> None:
    app = draw({"m.py": CODE})
    assert {a.definition for a in app.system.accesses if a.table == "m_person" and "__get__" in a.rule} == {
        "m:Person.groups",
        "m:Person.members",
        "m:far_away",
    }
