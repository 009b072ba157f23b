from django.http import HttpRequest


class Request(HttpRequest):
    data: dict
    query_params: dict
