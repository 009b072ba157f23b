"""Flask-AppBuilder: resources and pages for the rows of models, their hooks, actions, and what is asked before each request."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.effects import ANSWERING, HOOK, ON_EACH_REQUEST
from decompose.linking.libraries import appbuilder_pages, appbuilder_routes
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_VIEWS = '''
from typing import Generic, TypeVar

from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy.orm import Session

M = TypeVar("M")

class _SecurityManager:
    __has_more__ = True

class _AppBuilder:
    __has_more__ = True

    session: Session
    sm: _SecurityManager

class BaseView:
    __has_more__ = True

    appbuilder: _AppBuilder

class IndexView(BaseView): ...
class UtilView(BaseView): ...

class BaseFormView(BaseView):
    __hooks__ = "form_get form_post"
    __hooks_called_by__ = "form_get by this_form_get, form_post by this_form_post"

class SimpleFormView(BaseFormView):
    def this_form_get(self): ...
    def this_form_post(self): ...

class PublicFormView(BaseFormView):
    def this_form_get(self): ...
    def this_form_post(self): ...

class BaseModelView(BaseView, Generic[M]):
    datamodel: SQLAInterface[M]

class BaseCRUDView(BaseModelView[M]):
    __hooks__ = """pre_add post_add pre_update post_update pre_delete post_delete prefill_form process_form post_add_redirect
        post_edit_redirect post_delete_redirect _add _edit _delete _list _show"""
    __hooks_called_by__ = """pre_add post_add post_add_redirect _add by add, process_form by add edit,
        pre_update post_update prefill_form post_edit_redirect _edit by edit,
        pre_delete post_delete post_delete_redirect _delete by delete, _list by list, _show by show"""

class ModelView(BaseCRUDView[M]):
    def list(self): ...
    def show(self, pk): ...
    def add(self): ...
    def edit(self, pk): ...
    def delete(self, pk): ...
    def download(self, filename): ...
    def action(self, name, pk): ...
    def action_post(self): ...

class CompactCRUDMixin(BaseCRUDView[M]):
    def list(self): ...
    def add(self): ...
    def edit(self, pk): ...
    def delete(self, pk): ...

class MasterDetailView(BaseCRUDView[M]):
    def list(self, pk=None): ...

class MultipleView(BaseView):
    def list(self): ...
'''

_CHARTS = """
from typing import TypeVar

from flask_appbuilder.views import BaseModelView

M = TypeVar("M")

class BaseChartView(BaseModelView[M]):
    def chart(self, group_by=0): ...

class GroupByChartView(BaseChartView[M]): ...
class DirectByChartView(GroupByChartView[M]): ...
class ChartView(BaseChartView[M]): ...
class DirectChartView(BaseChartView[M]): ...
class TimeChartView(BaseChartView[M]): ...
"""

_RESOURCES = '''
from typing import Generic, TypeVar

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.views import _AppBuilder

M = TypeVar("M")

class BaseApi:
    __has_more__ = True

    appbuilder: _AppBuilder
    def response(self, code, **answer): ...
    def response_400(self, message=None): ...
    def response_401(self): ...
    def response_403(self): ...
    def response_404(self): ...
    def response_422(self, message=None): ...
    def response_500(self, message=None): ...

class _Converter:
    __has_more__ = True

class BaseModelApi(BaseApi, Generic[M]):
    datamodel: SQLAInterface[M]
    model2schemaconverter: _Converter

class ModelRestApi(BaseModelApi[M]):
    __hooks__ = """pre_get pre_get_list pre_add post_add pre_update post_update pre_delete post_delete info_headless get_headless
        get_list_headless post_headless put_headless delete_headless"""
    __hooks_called_by__ = """info_headless by info, pre_get get_headless by get, pre_get_list get_list_headless by get_list,
        pre_add post_add post_headless by post, pre_update post_update put_headless by put,
        pre_delete post_delete delete_headless by delete"""
    def info(self): ...
    def get(self, pk): ...
    def get_list(self): ...
    def post(self): ...
    def put(self, pk): ...
    def delete(self, pk): ...
'''

_SECURITY = """
from flask_appbuilder.views import BaseView

class AuthView(BaseView):
    def login(self): ...
    def logout(self): ...

class AuthDBView(AuthView): ...
class AuthLDAPView(AuthView): ...
class AuthOIDView(AuthView): ...
class AuthRemoteUserView(AuthView): ...
class AuthOAuthView(AuthView): ...
"""

_SERVED_RESOURCES = """
from typing import TypeVar

from flask_appbuilder.api import ModelRestApi

M = TypeVar("M")

class PermissionApi(ModelRestApi[M]):
    resource_name = "security/permissions"

class PermissionViewMenuApi(ModelRestApi[M]):
    resource_name = "security/permissions-resources"

class ViewMenuApi(ModelRestApi[M]):
    resource_name = "security/resources"

class GroupApi(ModelRestApi[M]):
    resource_name = "security/groups"

class UserApi(ModelRestApi[M]):
    resource_name = "security/users"

class RoleApi(ModelRestApi[M]):
    resource_name = "security/roles"

    def list_role_permissions(self, role_id): ...
    def add_role_permissions(self, role_id): ...
    def update_role_users(self, role_id): ...
    def update_role_groups(self, role_id): ...
"""

_ROWS = """
from typing import Generic, TypeVar

from decompose.effects import cascades, commits, deletes, inserts, reads, updates
from sqlalchemy.orm import Session

M = TypeVar("M")

class Filters:
    __has_more__ = True

    def add_filter(self, column_name, filter_class, value) -> Filters: ...
    def add_filter_list(self, active_filter_list=None) -> Filters: ...
    def copy(self) -> Filters: ...

class SQLAInterface(Generic[M]):
    __has_more__ = True

    session: Session
    obj: type[M]
    def __init__(self, obj: type[M], session=None) -> None: ...
    def get_filters(self, search_columns=None, search_filters=None) -> Filters: ...
    @reads("M")
    def query(self, filters=None, order_column="", order_direction="", page=None, **options) -> tuple[int, list[M]]: ...
    @reads("M")
    def get(self, id, filters=None, select_columns=None, outer_default_load=False) -> M: ...
    @inserts("M")
    @commits("session")
    def add(self, item: M, commit=True) -> None: ...
    @updates("M")
    @commits("session")
    def edit(self, item: M, commit=True) -> None: ...
    @deletes("M")
    @cascades("M")
    @commits("session")
    def delete(self, item: M, commit=True) -> None: ...
    @deletes("M")
    @cascades("M")
    @commits("session")
    def delete_all(self, items: list[M]) -> None: ...
"""

_BESIDE = """
from flask_appbuilder.api import BaseApi, ModelRestApi
from flask_appbuilder.charts.views import DirectByChartView, GroupByChartView
from flask_appbuilder.views import (
    BaseView, CompactCRUDMixin, IndexView, MasterDetailView, ModelView, MultipleView, PublicFormView, SimpleFormView,
)
"""

_PACKAGE = "flask_appbuilder"
_RUN_BY = "action action_post"
"""The library's methods that run what a class has marked as an action."""


def wires(linked: Linked) -> Iterator[Wire]:
    """From each class to the methods that it inherits and serves, to those that it has marked as actions, and to those that are asked
    before its requests.
    """
    for found in appbuilder_routes.exposed(linked):
        if found.function.parent is not found.cls:
            acting = linked.values.instance(found.cls.index)
            line = found.cls.facts.line
            yield Wire(found.cls, line, found.function, "callback", "a route of the view", acting=acting)
    for site, module, name in linked.external_sites(kind="decorate"):
        marks = name.rpartition(".")[2].removesuffix("()")
        if not module.startswith(_PACKAGE) or marks not in ("action", "before_request"):
            continue
        for function in linked.handlers(site, site.arguments[0]):
            if function.parent is None or function.parent.is_function:
                continue
            if marks == "before_request":
                call = site.frame.scope.call_producing(site.operation[2])
                only = linked.keyword(site.frame.scope, call, "only", 1) if call is not None else None
                yield _wire(function, _before(only))
            elif _has_actions(linked, function.parent):
                yield _wire(function, f"{ANSWERING}{_RUN_BY}")


def _wire(function: Scope, when: str) -> Wire:
    assert function.parent is not None
    return Wire(function.parent, function.facts.line, function, "callback", f"{HOOK}BaseView calls{when}")


def _before(only: object) -> str:
    """When a method is asked that is put before all requests, or before those that the methods named in a list answer."""
    named = [str(name) for name in only] if isinstance(only, list) else []
    return f"{ANSWERING}{' '.join(named)}" if named else ON_EACH_REQUEST


def _has_actions(linked: Linked, owner: Scope) -> bool:
    """Whether a page for the rows of a model lets the library run the actions of a class."""
    heirs = [owner, *linked.hierarchy.subclasses.get(owner.index, ())]
    names = _RUN_BY.split()
    return any(page.name in names for cls in heirs for page in appbuilder_pages.pages(linked, cls))


FRAMEWORK = Framework(
    name="Flask-AppBuilder",
    summaries={
        _PACKAGE: _BESIDE,
        f"{_PACKAGE}.baseviews": "from flask_appbuilder.views import BaseCRUDView, BaseFormView, BaseModelView, BaseView",
        f"{_PACKAGE}.views": _VIEWS,
        f"{_PACKAGE}.charts.views": _CHARTS,
        f"{_PACKAGE}.api": _RESOURCES,
        f"{_PACKAGE}.security.views": _SECURITY,
        f"{_PACKAGE}.security.sqla.apis": _SERVED_RESOURCES,
        f"{_PACKAGE}.models.sqla.interface": _ROWS,
    },
    entry_points=(appbuilder_routes.entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            from flask_appbuilder import ModelView, SimpleFormView, action, expose
            from flask_appbuilder.api import ModelRestApi
            from flask_appbuilder.hooks import before_request
            from flask_appbuilder.models.sqla.interface import SQLAInterface

            class Berth: pass

            class Berths(ModelView):
                datamodel = SQLAInterface(Berth)
                include_route_methods = {"add", "show", "action_post"}
                def pre_add(self, item): check(item)
                def pre_update(self, item): check(item)
                @action("close", "Close", "Really?")
                def close(self, items): pass
                @before_request
                def refuse(self): pass

            class Apart(ModelView):
                route_base = "/apart"
                exclude_route_methods = {"edit", "delete", "download", "action", "action_post", "show"}
                @expose("/list/")
                def list(self): pass
                @action("close", "Close")
                def close(self, items): pass

            class Ask(SimpleFormView):
                def form_post(self, form): pass

            class Ships(ModelRestApi):
                resource_name = "ship"
                include_route_methods = {"post", "delete"}
                def post_add(self, item): pass
                @before_request(only=["delete"])
                def guard(self): pass

            def check(item): pass
            """,
            entries=frozenset(
                {
                    "http GET /berths/add -> m:Berths",
                    "http POST /berths/add -> m:Berths",
                    "http GET /berths/show/<pk> -> m:Berths",
                    "http POST /berths/action_post -> m:Berths",
                    "http GET /apart/list/ -> m:Apart.list",
                    "http GET /apart/add -> m:Apart",
                    "http POST /apart/add -> m:Apart",
                    "http GET /ask/form -> m:Ask",
                    "http POST /ask/form -> m:Ask",
                    "http POST /api/v1/ship/ -> m:Ships",
                    "http DELETE /api/v1/ship/<pk> -> m:Ships",
                }
            ),
            calls=frozenset(
                {
                    "m:Berths -[callback]-> m:Berths.pre_add",
                    "m:Berths -[callback]-> m:Berths.pre_update",
                    "m:Berths -[callback]-> m:Berths.close",
                    "m:Berths -[callback]-> m:Berths.refuse",
                    "m:Berths.pre_add -[call]-> m:check",
                    "m:Berths.pre_update -[call]-> m:check",
                    "m:Ask -[callback]-> m:Ask.form_post",
                    "m:Ships -[callback]-> m:Ships.post_add",
                    "m:Ships -[callback]-> m:Ships.guard",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class ModelView:
                def pre_add(self, item): pass

            class Berths(ModelView):
                def pre_update(self, item): pass
            """,
        ),
    ),
)
