from decompose.effects import executes
from django.db.models import *
from django.db.models import Expression


class RawSQL(Expression):
    @executes("sql")
    def __init__(self, sql, params=(), output_field=None) -> None: ...
