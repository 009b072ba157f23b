from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import DateTimeField, ForeignKey, Manager, Model, TextField
from typing import TypeVar

from decompose.effects import inserts

M = TypeVar("M")


class LogEntryManager(Manager[M]):
    @inserts("M")
    def log_action(self, *args, **values) -> M: ...
    @inserts("M")
    def log_actions(self, *args, **values) -> list[M]: ...


class LogEntry(Model):
    __tablename__ = "django_admin_log"
    action_time = DateTimeField()
    user = ForeignKey(User)
    content_type = ForeignKey(ContentType)
    object_id = TextField()
    objects = LogEntryManager()
    def is_addition(self): ...
    def is_change(self): ...
    def is_deletion(self): ...
    def get_change_message(self): ...
    def get_edited_object(self): ...
    def get_admin_url(self): ...
