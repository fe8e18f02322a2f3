"""One's own account: joining, signing in, passwords, profile."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gallery.accounts import services
from gallery.accounts.export import export_of
from gallery.accounts.forms import (
    CloseForm,
    JoinForm,
    PasswordChangeForm,
    PasswordResetForm,
    ProfileForm,
    SetPasswordForm,
    SignInForm,
)
from gallery.accounts.models import User
from gallery.accounts.throttle import wait_to_export, wait_to_join, wait_to_reset
from gallery.front.errors import too_many
from gallery.front.requests import PAGE_WITH_FORM, status_of


@sensitive_post_parameters("password1", "password2")
@require_http_methods(PAGE_WITH_FORM)
def join(request: HttpRequest) -> HttpResponse:
    """Make an account and sign in with it; from one address not many in an hour."""
    if request.user.is_authenticated:
        return redirect("front:home")
    if request.method == "POST" and (seconds := wait_to_join(request)):
        return too_many(request, seconds)
    form = JoinForm(request.POST or None)
    if form.is_valid():
        try:
            user = services.join(form)
        except IntegrityError:
            # Somebody took the name or address since it was checked.
            form.add_error(None, _("Somebody was quicker with this username or address."))
        else:
            login(request, user)
            messages.success(request, _("Welcome! Say a little about yourself."))
            return redirect("accounts:settings")
    return render(request, "accounts/join.html", {"form": form}, status=status_of(form))


class SignInView(auth_views.LoginView):
    """Sign in; after too many refusals 429."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.seconds:
            return too_many(self.request, form.seconds)
        status = 429 if form.has_error(NON_FIELD_ERRORS, "throttled") else 400
        return self.render_to_response(self.get_context_data(form=form), status=status)


@login_required
@require_http_methods(PAGE_WITH_FORM)
def settings(request: HttpRequest) -> HttpResponse:
    """Change name, biography and photo, all or none."""
    # A copy: a form that is refused must not change what the header shows.
    person = get_user_model().objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, request.FILES or None, instance=person)
    if form.is_valid():
        with transaction.atomic():
            person.save(update_fields=["name", "bio"])
            if picture := form.cleaned_data["photo"]:
                services.change_photo(person, picture)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=status_of(form))


@login_required
@require_POST
def remove_photo(request: HttpRequest) -> HttpResponse:
    """Go back to the initial."""
    services.change_photo(cast("User", request.user), None)
    messages.success(request, _("Your photo is removed."))
    return redirect("accounts:settings")


@sensitive_post_parameters("password")
@login_required
@require_http_methods(PAGE_WITH_FORM)
def close(request: HttpRequest) -> HttpResponse:
    """Say what closing the account means, and close it for who knows the password."""
    form = CloseForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.close(cast("User", request.user))
        except services.LastSuperuser:
            message = _("Nobody else could look after the site. Make somebody a superuser first.")
            form.add_error(None, message)
        else:
            logout(request)
            messages.success(request, _("Your account is closed. Thank you for having been here."))
            return redirect("front:home")
    status = 429 if form.has_error("password", "throttled") else status_of(form)
    return render(request, "accounts/close.html", {"form": form}, status=status)


@never_cache
@login_required
@require_http_methods(PAGE_WITH_FORM)
def export(request: HttpRequest) -> HttpResponseBase:
    """Say what there is to take along; on POST give it as a ZIP, a few times an hour."""
    user = cast("User", request.user)
    if request.method != "POST":
        return render(request, "accounts/export.html")
    if seconds := wait_to_export(user):
        answer = render(request, "accounts/export.html", {"is_throttled": True}, status=429)
        answer["Retry-After"] = str(seconds)
        return answer
    name = f"gallery-{user.username}-{timezone.localdate().isoformat()}.zip"
    archive = export_of(user, address=request.build_absolute_uri)
    response = StreamingHttpResponse(archive, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class PasswordChangeView(auth_views.PasswordChangeView):
    """Change the password; other sessions are signed out. After too many refusals 429."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("accounts:settings")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        status = 429 if form.has_error("old_password", "throttled") else 400
        return self.render_to_response(self.get_context_data(form=form), status=status)


class PasswordResetView(auth_views.PasswordResetView):
    """Ask for a mail with a link; says the same whether or not the address is known.

    From one address not many in an hour.
    """

    template_name = "accounts/password_reset.html"
    form_class = PasswordResetForm
    email_template_name = "accounts/password_reset_email.txt"
    subject_template_name = "accounts/password_reset_subject.txt"
    success_url = reverse_lazy("accounts:password-reset-sent")

    def form_valid(self, form: Any) -> HttpResponse:
        if seconds := wait_to_reset(self.request):
            return too_many(self.request, seconds)
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    """Choose a new password with the link from the mail."""

    template_name = "accounts/password_reset_confirm.html"
    form_class = SetPasswordForm
    success_url = reverse_lazy("accounts:password-reset-complete")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)
