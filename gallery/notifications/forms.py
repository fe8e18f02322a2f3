"""What somebody wants to be told of."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from gallery.accounts.models import User
from slipstream.notifications import preferences


class PreferencesForm(forms.Form):
    """A switch for each kind of notification.

    A browser sends nothing for a switch that is off, and nothing for one that the page did
    not have. So the form says as well which kinds it had, and only of those anything is
    taken: what was added since stays as it was.
    """

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._had, self._on = set[str](), set[str]()
        if data is not None:
            self._had, self._on = set(data.getlist("kinds")), set(data.getlist("on"))
        #: Each rule, and whether it is on: as it was sent, else as it is. One query.
        self.rules = preferences(user)
        if data is not None:
            self.rules = [
                (rule, rule.code in self._on if rule.code in self._had else is_on)
                for rule, is_on in self.rules
            ]

    def clean(self) -> dict[str, bool]:
        """Return by kind whether it is to be on, for those that the form had."""
        known = {rule.code for rule, _is_on in self.rules}
        if not self._had or not self._had <= known or not self._on <= self._had:
            message = _("This form is not complete. Reload the page and try again.")
            raise ValidationError(message)
        return {rule.code: is_on for rule, is_on in self.rules if rule.code in self._had}
