from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    name = "gallery.activity"
    label = "gallery_activity"
    verbose_name = _("Activity")

    def ready(self) -> None:
        # Its receivers are connected by being there.
        from gallery.config import wiring  # noqa: F401
