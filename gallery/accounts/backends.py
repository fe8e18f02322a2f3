"""Who is signed in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from gallery.accounts.models import User


class Backend(ModelBackend):
    """Django's own, which loads with the user what the header of every page shows."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of a session, with their inbox. One query."""
        user = User.objects.select_related("notification_inbox").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
