from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from gallery.accounts.forms import JoinForm, SignInForm
from gallery.accounts.models import User


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The admin's door counts tries as the front door does."""

    error_messages = AdminAuthenticationForm.error_messages


admin.site.login_form = AdminSignInForm


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People, for those who look after the site."""

    add_form = JoinForm
    list_display = ("username", "name", "email", "is_active", "is_staff", "date_joined")
    search_fields = ("username", "name", "email")
    ordering = ("-date_joined", "-id")
    show_full_result_count = False
    readonly_fields = ("last_login", "date_joined", "closed_at")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Profile"), {"fields": ("name", "email", "bio")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined", "closed_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "name", "email", "password1", "password2"),
            },
        ),
    )
