"""The site of the tests in a process of its own, with files where the test has them."""

import os
from pathlib import Path

from gallery.config.settings.test import *  # noqa: F403
from gallery.config.settings.test import STORAGES

_FILES = Path(os.environ["GALLERY_TEST_FILES"])
MEDIA_ROOT = _FILES / "media"
STORAGES["private"] = {**STORAGES["private"], "OPTIONS": {"location": _FILES / "private"}}
WHITENOISE_USE_FINDERS = True
