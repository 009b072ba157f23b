from typing import Generic, Self, TypeVar

from decompose.effects import calls_on, cascades, deletes, gives_own, holds, inserts, leaves_to, reads, runs_query_of, updates
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.db.models import QuerySet

M = TypeVar("M")
F = TypeVar("F")  # the form


class View:
    __hooks__ = "* get post put patch delete head options"
    __hooks_of_each_request__ = "setup dispatch"
    request: HttpRequest
    args: tuple
    kwargs: dict

    @classmethod
    def as_view(cls, **initkwargs) -> ViewFunction[Self]: ...
    @calls_on("Self", "get", "post", "put", "delete")
    def dispatch(self, request: HttpRequest, *args, **kwargs): ...
    def setup(self, request: HttpRequest, *args, **kwargs): ...
    def http_method_not_allowed(self, request: HttpRequest, *args, **kwargs): ...
    def options(self, request: HttpRequest, *args, **kwargs): ...


class ViewFunction(Generic[M]):
    @calls_on("M", "setup", "dispatch")
    def __call__(self, request: HttpRequest, *args, **kwargs): ...


class ContextMixin:
    __hooks__ = "*"
    @holds()
    def get_context_data(self, **kwargs): ...


class TemplateResponseMixin:
    __hooks__ = "*"
    template_name: str
    def render_to_response(self, context, **kwargs): ...
    def get_template_names(self) -> list: ...


class TemplateView(TemplateResponseMixin, ContextMixin, View):
    @calls_on("Self", "get_context_data")
    def get(self, request: HttpRequest, *args, **kwargs): ...


class RedirectView(View):
    def get_redirect_url(self, *args, **kwargs): ...
    @calls_on("Self", "get_redirect_url")
    def get(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("Self", "get")
    def post(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("Self", "get")
    def put(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("Self", "get")
    def patch(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("Self", "get")
    def delete(self, request: HttpRequest, *args, **kwargs): ...


class SingleObjectMixin(ContextMixin, Generic[M]):
    """Works on one row of the model that the class names."""

    __hooks__ = "*"
    __model_named_in__ = "model queryset form_class get_queryset get_object get_form_class"
    object: M

    @reads("M")
    @runs_query_of("get_queryset")
    def get_object(self, queryset=None) -> M: ...
    @gives_own("queryset")
    def get_queryset(self) -> QuerySet[M]: ...
    @holds("object", "object", "{M}", ".context_object_name")
    def get_context_data(self, **kwargs): ...
    def get_slug_field(self): ...
    def get_context_object_name(self, obj: M): ...


class MultipleObjectMixin(ContextMixin, Generic[M]):
    __hooks__ = "*"
    __model_named_in__ = "model queryset get_queryset"
    object_list: QuerySet[M]

    @gives_own("queryset")
    def get_queryset(self) -> QuerySet[M]: ...
    @runs_query_of("get_queryset()", "paginate_by get_paginate_by")
    @holds("get_queryset()", "object_list", "{M}_list", ".context_object_name")
    def get_context_data(self, **kwargs): ...
    @reads("M")
    def paginate_queryset(self, queryset: QuerySet[M], page_size): ...
    def get_paginate_by(self, queryset: QuerySet[M]): ...
    def get_paginator(self, queryset: QuerySet[M], per_page, **kwargs) -> Paginator[M]: ...
    def get_ordering(self): ...
    def get_allow_empty(self): ...
    def get_context_object_name(self, object_list): ...


class BaseListView(MultipleObjectMixin[M], View):
    @calls_on("Self", "get_queryset", "get_context_data")
    def get(self, request: HttpRequest, *args, **kwargs): ...


class MultipleObjectTemplateResponseMixin(TemplateResponseMixin): ...


class SingleObjectTemplateResponseMixin(TemplateResponseMixin): ...


class ListView(MultipleObjectTemplateResponseMixin, BaseListView[M]): ...


class BaseDetailView(SingleObjectMixin[M], View):
    @calls_on("Self", "get_object", "get_context_data")
    def get(self, request: HttpRequest, *args, **kwargs): ...


class DetailView(SingleObjectTemplateResponseMixin, BaseDetailView[M]): ...


class FormMixin(ContextMixin, Generic[M, F]):
    """Makes and asks the form that the class names; without a model of its own, the first type argument stays open."""

    __form_named_in__ = "form_class get_form_class"
    __hooks_called_by__ = "form_valid form_invalid get_success_url by post put"
    form_class: type[F]

    def get_initial(self) -> dict: ...
    def get_prefix(self): ...
    def get_form_class(self) -> type[F]: ...
    @calls_on("Self", "get_form_class", "get_form_kwargs")
    @calls_on("F", "__init__")
    def get_form(self, form_class: type[F] = None) -> F: ...
    @calls_on("Self", "get_initial")
    def get_form_kwargs(self) -> dict: ...
    def get_success_url(self): ...
    @calls_on("Self", "get_success_url")
    def form_valid(self, form: F): ...
    @calls_on("Self", "get_context_data")
    def form_invalid(self, form: F): ...
    @calls_on("Self", "get_form")
    @holds("get_form()", "form")
    def get_context_data(self, **kwargs): ...


class ProcessFormView(View):
    @calls_on("Self", "get_context_data")
    def get(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("Self", "get_form", "form_valid", "form_invalid")
    def post(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("Self", "post")
    def put(self, *args, **kwargs): ...


class BaseFormView(FormMixin[M, F], ProcessFormView):
    @calls_on("F", "is_valid")
    @calls_on("Self", "get_form", "form_valid", "form_invalid")
    def post(self, request: HttpRequest, *args, **kwargs): ...


class FormView(TemplateResponseMixin, BaseFormView[M, F]): ...


class ModelFormMixin(FormMixin[M, F], SingleObjectMixin[M]):
    @leaves_to("F", "save", "M")
    @calls_on("Self", "get_success_url")
    @inserts("M")
    @updates("M")
    def form_valid(self, form: F): ...


class BaseCreateView(ModelFormMixin[M, F], ProcessFormView):
    @leaves_to("F", "save", "M")
    @calls_on("Self", "get_success_url")
    @inserts("M")
    def form_valid(self, form: F): ...
    @calls_on("F", "is_valid")
    @calls_on("Self", "get_form", "form_valid", "form_invalid")
    def post(self, request: HttpRequest, *args, **kwargs): ...


class CreateView(SingleObjectTemplateResponseMixin, BaseCreateView[M, F]): ...


class BaseUpdateView(ModelFormMixin[M, F], ProcessFormView):
    @leaves_to("F", "save", "M")
    @calls_on("Self", "get_success_url")
    @updates("M")
    def form_valid(self, form: F): ...
    @calls_on("Self", "get_object", "get_context_data")
    def get(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("F", "is_valid")
    @calls_on("Self", "get_object", "get_form", "form_valid", "form_invalid")
    def post(self, request: HttpRequest, *args, **kwargs): ...


class UpdateView(SingleObjectTemplateResponseMixin, BaseUpdateView[M, F]): ...


class DeletionMixin(Generic[M]):
    __hooks__ = "*"
    @leaves_to("M", "delete")
    @calls_on("Self", "get_object", "get_success_url")
    @deletes("M")
    @cascades("M")
    def delete(self, request: HttpRequest, *args, **kwargs): ...
    @calls_on("Self", "delete")
    def post(self, request: HttpRequest, *args, **kwargs): ...
    def get_success_url(self): ...


class BaseDeleteView(DeletionMixin[M], FormMixin[M, F], BaseDetailView[M]):
    @leaves_to("M", "delete")
    @calls_on("Self", "get_success_url")
    @deletes("M")
    @cascades("M")
    def form_valid(self, form: F): ...
    @calls_on("Self", "get_object", "get_form", "form_valid", "form_invalid")
    def post(self, request: HttpRequest, *args, **kwargs): ...


class DeleteView(SingleObjectTemplateResponseMixin, BaseDeleteView[M, F]): ...


class ArchiveIndexView(ListView[M]): ...


class YearArchiveView(ListView[M]): ...


class MonthArchiveView(ListView[M]): ...


class DayArchiveView(ListView[M]): ...


class DateDetailView(DetailView[M]): ...
