from decompose.effects import calls_on, reads, stores, updates
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.views.generic import FormView, TemplateView


class RedirectURLMixin:
    __hooks__ = "*"
    def get_success_url(self): ...
    def get_redirect_url(self): ...
    def get_success_url_allowed_hosts(self) -> set: ...
    def get_default_redirect_url(self): ...


SuccessURLAllowedHostsMixin = RedirectURLMixin


class LoginView(RedirectURLMixin, FormView[User, AuthenticationForm]):
    @updates("User")
    @calls_on("Self", "get_success_url")
    def form_valid(self, form: AuthenticationForm): ...


class LogoutView(RedirectURLMixin, TemplateView):
    @stores("session", "delete")
    def post(self, request: HttpRequest, *args, **kwargs): ...


class PasswordContextMixin: ...


class PasswordChangeView(PasswordContextMixin, FormView[User, PasswordChangeForm]):
    @updates("User")
    @calls_on("Self", "get_success_url")
    def form_valid(self, form: PasswordChangeForm): ...


class PasswordChangeDoneView(PasswordContextMixin, TemplateView): ...


class PasswordResetView(PasswordContextMixin, FormView[User, PasswordResetForm]):
    @reads("User")
    @calls_on("Self", "get_success_url")
    def form_valid(self, form: PasswordResetForm): ...


class PasswordResetDoneView(PasswordContextMixin, TemplateView): ...


class PasswordResetConfirmView(PasswordContextMixin, FormView[User, SetPasswordForm]):
    @reads("User")
    def get_user(self, uidb64) -> User: ...
    @reads("User")
    @calls_on("Self", "get", "post")
    def dispatch(self, *args, **kwargs): ...
    @updates("User")
    @calls_on("Self", "get_success_url")
    def form_valid(self, form: SetPasswordForm): ...


class PasswordResetCompleteView(PasswordContextMixin, TemplateView): ...
