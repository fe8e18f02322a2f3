"""The tests: quick hashing, files in a temporary folder, nothing compressed."""

import os
import tempfile
from pathlib import Path

from gallery.config.mail import mail_settings

# Before the base reads it: tests keep nothing and share nothing.
_FOLDER = tempfile.TemporaryDirectory(prefix="gallery-tests-", ignore_cleanup_errors=True)
os.environ["GALLERY_DATA"] = _FOLDER.name

from .base import *  # noqa: E402, F403
from .base import DATABASES, STORAGES  # noqa: E402

SECRET_KEY = "tests only"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
globals().update(mail_settings("locmem"))
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
TIME_ZONE = "Asia/Seoul"
WHITENOISE_AUTOREFRESH = True
GALLERY_SERVE_MEDIA = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that other threads and processes can open the test database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_FOLDER.name) / "test.sqlite3")}
    # What guards against a power cut only costs time here.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
