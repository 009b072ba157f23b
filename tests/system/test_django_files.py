"""Files of rows: saving one saves the row that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

CODE = """
    from django.db import models
    class Photo(models.Model):
        image = models.ImageField(upload_to="photos")
    class Paper(models.Model):
        file = models.FileField()
        def save(self, *args, **options):
            Log.objects.create()
            super().save(*args, **options)
    class Log(models.Model):
        name = models.TextField()
    def put(photo: Photo, content): photo.image.save("a", content)
    def drop(paper: Paper): paper.file.delete()
    def put_only(photo: Photo, content): photo.image.save("a", content, save=False)
    def put_only_by_position(photo: Photo, content): photo.image.save("a", content, False)
    def drop_only(photo: Photo): photo.image.delete(save=False)
    def show(photo: Photo): return photo.image.read()
    """


def test_a_file_that_is_saved_or_deleted_saves_its_row_unless_told_not_to(draw: Draw) -> None:
    app = draw({"m.py": CODE})
    assert {(a.definition, a.table, a.operation) for a in app.system.accesses} == {
        ("m:put", "m_photo", "insert"),
        ("m:put", "m_photo", "update"),
        ("m:Paper.save", "m_log", "insert"),
        ("m:Paper.save", "m_paper", "insert"),
        ("m:Paper.save", "m_paper", "update"),
    }
    assert ("m:drop", "m:Paper.save") in {(d.source, d.target) for d in app.system.dependencies}


def test_the_file_itself_is_written_either_way(draw: Draw) -> None:
    app = draw({"m.py": CODE})
    assert {(s.definition, s.operation) for s in app.system.store_accesses} == {
        ("m:put", "write"),
        ("m:put_only", "write"),
        ("m:put_only_by_position", "write"),
        ("m:drop", "delete"),
        ("m:drop_only", "delete"),
        ("m:show", "read"),
    }
