"""What changes accounts."""

from functools import partial

from django.db import transaction
from PIL import Image

from gallery.accounts.forms import JoinForm
from gallery.accounts.models import User
from gallery.accounts.photos import discard_photo, store_photo
from gallery.accounts.signals import joined


def join(form: JoinForm) -> User:
    """Make the account that a valid ``form`` asks for.

    Raises ``IntegrityError`` where somebody took the name or address meanwhile.
    """
    with transaction.atomic():
        user: User = form.save()
        joined.send(sender=User, user=user)
    return user


def change_photo(user: User, picture: Image.Image | None) -> None:
    """Make ``picture`` the photo of ``user``; None removes it.

    The old files go once the new row is committed, the new files if this call
    fails, so that no row ever names files that are not there. (A caller that
    rolls back afterwards leaves new files behind that nothing names.) One
    UPDATE, and a row lock on the user until the transaction ends.
    """
    folder = store_photo(picture) if picture else ""
    try:
        with transaction.atomic():
            old = User.objects.select_for_update().values_list("photo", flat=True).get(pk=user.pk)
            User.objects.filter(pk=user.pk).update(photo=folder)
            if old:
                transaction.on_commit(partial(discard_photo, old), robust=True)
    except Exception:
        if folder:
            discard_photo(folder)
        raise
    user.photo = folder
    user.__dict__.pop("face_urls", None)
