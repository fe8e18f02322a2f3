"""What people may write about themselves."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.accounts.models import User
from gallery.accounts.photos import read_photo
from gallery.accounts.throttle import forget_tries, may_mail, may_try, wait_to_try
from gallery.accounts.usernames import normalise_username

_MESSAGES = {
    "required": _("Please fill this in."),
    "max_length": _("At most %(limit_value)d characters, please; these are %(show_value)d."),
}
# One sentence instead of Django's list of four.
_PASSWORD_HELP = _("At least 8 characters, and not one that is easy to guess.")


class GalleryForm(forms.Form):
    """What all forms here share: how they speak."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.error_messages |= _MESSAGES
            if name in ("password1", "new_password1"):
                field.help_text = _PASSWORD_HELP
            elif name in ("password2", "new_password2"):
                field.help_text = ""


class JoinForm(GalleryForm, auth_forms.BaseUserCreationForm):
    """Sign up."""

    class Meta:
        model = User
        fields = ("username", "name", "email")
        help_texts = {
            "username": _("Part of your address here: letters a–z, digits, dots, hyphens."),
            "name": _("What people call you, in any script."),
            "email": _("Only for you and us, to reset your password."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        autocomplete = {"username": "username", "name": "name", "email": "email"}
        for name, value in autocomplete.items():
            self.fields[name].widget.attrs["autocomplete"] = value
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def clean_username(self) -> str:
        return normalise_username(self.cleaned_data["username"])

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_name(self) -> str:
        return check_readable(self.cleaned_data["name"])


class SignInForm(GalleryForm, auth_forms.AuthenticationForm):
    """Sign in with the username or the e-mail address.

    After too many tries in vain nothing is tried any more: an error with the code
    ``throttled``; ``seconds`` then says how long to wait, where that is not for this name alone.
    """

    seconds = 0
    error_messages = {
        "invalid_login": _("That combination of username and password is not right."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Username or e-mail")
        # An address is longer than a username.
        username: Any = self.fields["username"]
        username.max_length = username.widget.attrs["maxlength"] = 254

    def clean_username(self) -> str:
        username = normalise_username(self.cleaned_data["username"])
        if "@" in username:
            found = User.objects.filter(email=username).values_list("username", flat=True).first()
            return found or username
        return username

    def clean(self) -> Any:
        username = self.cleaned_data.get("username", "")
        self.seconds = wait_to_try(self.request)
        if self.seconds:
            raise _too_many_tries()
        _check_may_try(self.request, username)
        cleaned = super().clean()
        # Without a password nothing was tried, and nobody is known.
        if self.get_user() is not None:
            forget_tries(self.request, username)
        return cleaned


class PasswordChangeForm(GalleryForm, auth_forms.PasswordChangeForm):
    """Change the password, knowing the old one.

    Tries count as those to sign in do: an error with the code ``throttled``.
    """

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        _check_may_try(self.request, self.user.username)
        password: str = super().clean_old_password()
        forget_tries(self.request, self.user.username)
        return password


class PasswordResetForm(GalleryForm, auth_forms.PasswordResetForm):
    """Ask for the mail with the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")

    def get_users(self, email: str) -> Any:
        # Who asks is told the same: nothing is to be learnt, and no mailbox is to be filled.
        return super().get_users(email) if may_mail(email) else ()


class SetPasswordForm(GalleryForm, auth_forms.SetPasswordForm):
    """Choose a password with the link from the mail."""


class CloseForm(GalleryForm):
    """Close the account, knowing the password.

    Tries count as those to sign in do: an error with the code ``throttled``.
    """

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        user: Any = self.request.user
        _check_may_try(self.request, user.username)
        if not user.check_password(password):
            raise ValidationError(_("That is not your password."), code="wrong")
        forget_tries(self.request, user.username)
        return password


class TextField(forms.CharField):
    """Text of several lines, in which a line break is one character, as in browsers."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class ProfileForm(GalleryForm, forms.ModelForm):
    """Name, biography, and optionally a new photo."""

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, up to 8 MB. It is cropped to the middle square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    class Meta:
        model = User
        fields = ("name", "bio")
        field_classes = {"bio": TextField}
        widgets = {"bio": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"bio": _("Up to 500 characters.")}

    def clean_name(self) -> str:
        return check_readable(self.cleaned_data["name"])

    def clean_photo(self) -> Any:
        upload = self.cleaned_data["photo"]
        # Decoded here, so that a bad file is an error of its field.
        return read_photo(upload, size=upload.size) if upload else None


def check_readable(text: str) -> str:
    """Return ``text``; refuse what is invisible or turns the text around it.

    Joiners, as in emoji of families, and wide spaces are fine.
    """
    turns = any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in text)
    kinds = {unicodedata.category(c) for c in text}
    if turns or "Cc" in kinds or "Cs" in kinds:
        raise ValidationError(_("Control characters are not allowed here."), code="characters")
    if all(kind[0] in "CZM" for kind in kinds):
        raise ValidationError(_("There is nothing to see in this."), code="invisible")
    return text


def _check_may_try(request: HttpRequest | None, username: str) -> None:
    """Count a try of a password; raise ``ValidationError`` where there were too many."""
    if not may_try(request, username):
        raise _too_many_tries()


def _too_many_tries() -> ValidationError:
    return ValidationError(_("Too many tries. Please wait a quarter of an hour."), code="throttled")
