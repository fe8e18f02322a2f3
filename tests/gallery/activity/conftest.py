from __future__ import annotations

import pytest
from PIL import Image as Pillow

from gallery.images import services
from gallery.images.models import Image, Visibility


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Do what waits for the commit: ``with commit(): ...``."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def share(commit):
    """Share a picture as the site does: ``share(mina, Visibility.PRIVATE, title="달")``."""

    def share(user, visibility=Visibility.PUBLIC, *, title="달") -> Image:
        with commit():
            picture = Pillow.new("RGB", (60, 40), "teal")
            return services.share(user, picture, title=title, description="", visibility=visibility)

    return share


@pytest.fixture
def haru(make_person):
    return make_person("haru", name="하루")
