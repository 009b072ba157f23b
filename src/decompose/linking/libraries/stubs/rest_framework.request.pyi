from django.http import HttpRequest, QueryDict


class Request(HttpRequest):
    data: dict
    query_params: QueryDict
