"""What people say of their pictures."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gallery.accounts.forms import GalleryForm, TextField, check_readable
from gallery.images.files import MASTER_EDGE
from gallery.images.models import Image
from gallery.media.pictures import open_picture


class ImageForm(GalleryForm, forms.ModelForm):
    """Title, description, and who may see it."""

    class Meta:
        model = Image
        fields = ("title", "description", "visibility")
        field_classes = {"description": TextField}
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "visibility": forms.RadioSelect,
        }

    def clean_title(self) -> str:
        return check_readable(self.cleaned_data["title"])


class UploadForm(ImageForm):
    """A picture to share, and what is said of it."""

    image = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF, up to 20 MB and 40 megapixels."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    field_order = ("image", "title", "description", "visibility")

    def clean_image(self) -> Any:
        upload = self.cleaned_data["image"]
        # Decoded here, so that a bad file is an error of its field.
        return open_picture(
            upload,
            size=upload.size,
            max_bytes=settings.GALLERY_MAX_IMAGE_BYTES,
            max_pixels=settings.GALLERY_MAX_IMAGE_PIXELS,
            edge=MASTER_EDGE,
        )
