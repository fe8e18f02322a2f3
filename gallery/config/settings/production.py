"""Behind a proxy that speaks HTTPS. Refuses to start without key and host names.

``GALLERY_SMTP_HOST`` names the mail server (port 587, STARTTLS);
``GALLERY_SMTP_USER`` and ``GALLERY_SMTP_PASSWORD`` sign in to it.
"""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, SECRET_KEY

if not SECRET_KEY or not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set GALLERY_SECRET_KEY and GALLERY_ALLOWED_HOSTS.")

EMAIL_HOST = os.environ.get("GALLERY_SMTP_HOST", "localhost")
EMAIL_PORT = 587
EMAIL_USE_TLS = True
EMAIL_HOST_USER = os.environ.get("GALLERY_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("GALLERY_SMTP_PASSWORD", "")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
GALLERY_SERVE_MEDIA = False
