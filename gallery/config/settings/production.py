"""Behind a proxy that speaks HTTPS. Refuses to start without key and host names.

``GALLERY_PROXIES`` says how many proxies add to ``X-Forwarded-For`` (1), and
``GALLERY_SMTP_HOST`` names the mail server (port 587, STARTTLS);
``GALLERY_SMTP_USER`` and ``GALLERY_SMTP_PASSWORD`` sign in to it.
"""

import os

from django.core.exceptions import ImproperlyConfigured

from gallery.config.mail import mail_settings

from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, SECRET_KEY

if not SECRET_KEY or not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set GALLERY_SECRET_KEY and GALLERY_ALLOWED_HOSTS.")

globals().update(
    mail_settings(
        "smtp",
        host=os.environ.get("GALLERY_SMTP_HOST", "localhost"),
        port=587,
        username=os.environ.get("GALLERY_SMTP_USER", ""),
        password=os.environ.get("GALLERY_SMTP_PASSWORD", ""),
        use_tls=True,
    )
)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
GALLERY_SERVE_MEDIA = False
GALLERY_PROXIES = int(os.environ.get("GALLERY_PROXIES", "1"))
