"""Mail, for Django before and after its setting MAILERS."""

from typing import Any

import django

_OLD_NAMES = {
    "host": "EMAIL_HOST",
    "port": "EMAIL_PORT",
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
    "use_tls": "EMAIL_USE_TLS",
}


def mail_settings(backend: str, **options: Any) -> dict[str, Any]:
    """Return the settings for Django's mail backend of that name: smtp, console, locmem."""
    path = f"django.core.mail.backends.{backend}.EmailBackend"
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": path, "OPTIONS": options}}}
    old = {_OLD_NAMES[name]: value for name, value in options.items()}
    return {"EMAIL_BACKEND": path, **old}
