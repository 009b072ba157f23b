from typing import TypeVar

from decompose.effects import cascades_of_query, collects, deletes, leaves_to, reads
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet

M = TypeVar("M")
D = TypeVar("D")

@leaves_to("D", "delete_queryset", "M")
@reads("M")
@collects("M")
@deletes("M")
@cascades_of_query("M")
def delete_selected(modeladmin: D, request, queryset: QuerySet[M]): ...
