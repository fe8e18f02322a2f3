"""What people do here."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from slipstream.activity.models import AbstractActivity


class Activity(AbstractActivity):
    """Somebody joined, or followed somebody, or shared, liked or commented on a picture."""

    target_models = ["images.Image", settings.AUTH_USER_MODEL]

    class Meta(AbstractActivity.Meta):
        abstract = False
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
