"""What people write to moderators."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.accounts.forms import GalleryForm, TextField, check_readable
from gallery.moderation.models import WORDS_LENGTH, Reason


class ReportForm(GalleryForm):
    """What is wrong with it."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"), choices=Reason.choices, widget=forms.RadioSelect
    )
    words = TextField(
        label=_("Anything we should know?"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": WORDS_LENGTH}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = _("Please choose one.")

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if words:
            check_readable(words.replace("\n", " ").replace("\t", " "))
        return words
