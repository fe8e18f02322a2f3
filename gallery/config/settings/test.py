"""The tests: quick hashing, files in a temporary folder, nothing compressed."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before the base reads it: tests keep nothing and share nothing.
os.environ["GALLERY_DATA"] = tempfile.mkdtemp(prefix="gallery-tests-")
atexit.register(shutil.rmtree, os.environ["GALLERY_DATA"], ignore_errors=True)

from .base import *  # noqa: F403
from .base import DATABASES

SECRET_KEY = "tests only"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TIME_ZONE = "Asia/Seoul"
WHITENOISE_AUTOREFRESH = True
GALLERY_SERVE_MEDIA = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that other threads and processes can open the test database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["GALLERY_DATA"]) / "test.sqlite3")}
