"""What people say about pictures."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.accounts.forms import GalleryForm, TextField
from gallery.comments import services
from gallery.comments.models import TEXT_LENGTH, Comment


class EditForm(GalleryForm):
    """What a comment says."""

    # How long it may be says the service, after trimming; the browser helps.
    text = TextField(
        label=_("Comment"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LENGTH}),
    )

    def clean_text(self) -> str:
        return services.clean_text(self.cleaned_data["text"])

    @classmethod
    def of(cls, comment: Comment, data: Any = None) -> "EditForm":
        """Return the form to change ``comment``; there may be several on a page."""
        return cls(data, initial={"text": comment.text}, auto_id=f"id_comment_{comment.pk}_%s")


class CommentForm(EditForm):
    """A new comment; ``token`` tells one form from another."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_new_comment_%s", **kwargs)
        text = self.fields["text"]
        text.label = _("Your comment")
        text.widget.attrs["placeholder"] = _("Say what you see.")

    def with_new_token(self) -> "CommentForm":
        """Return the form as it is, to be sent anew where its token was none."""
        if "token" in self.errors:
            self.data = {"text": self.data.get("text", ""), "token": str(uuid4())}
        return self
