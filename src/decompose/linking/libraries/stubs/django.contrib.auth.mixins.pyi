from django.contrib.auth.models import User

from decompose.effects import scans_across


class AccessMixin:
    __hooks__ = "handle_no_permission get_login_url get_permission_denied_message"

    def handle_no_permission(self): ...
    def get_login_url(self): ...
    def get_permission_denied_message(self): ...
    def get_redirect_field_name(self): ...


class LoginRequiredMixin(AccessMixin):
    __hooks__ = "handle_no_permission get_login_url"


class UserPassesTestMixin(AccessMixin):
    __hooks__ = "test_func get_test_func handle_no_permission"
    __hooks_of_each_request__ = "test_func get_test_func"

    def test_func(self): ...
    def get_test_func(self): ...


class PermissionRequiredMixin(AccessMixin):
    __hooks__ = "has_permission get_permission_required"
    __hooks_of_each_request__ = "has_permission get_permission_required"

    def get_permission_required(self): ...
    @scans_across("User", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def has_permission(self): ...
