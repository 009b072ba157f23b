from tortoise.queryset import A, J, M, QuerySet, S


class Manager(QuerySet[M, J, S, A]):
    __told_as__ = "QuerySet"
    __begins_with__ = "get_queryset"

    def get_queryset(self) -> QuerySet[M, J, S, A]: ...
