"""`./dev run`: this machine, plain HTTP, mails printed instead of sent.

``GALLERY_DEBUG=1`` shows tracebacks in the browser.
"""

import os

from gallery.config.mail import mail_settings

from .base import *  # noqa: F403

DEBUG = os.environ.get("GALLERY_DEBUG") == "1"
SECRET_KEY = os.environ.get("GALLERY_SECRET_KEY") or "for development only"
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]  # noqa: F405
globals().update(mail_settings("console"))
#: Gallery itself hands out what people uploaded; in production a web server does.
GALLERY_SERVE_MEDIA = True
