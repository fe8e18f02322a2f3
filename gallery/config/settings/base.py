"""What is the same wherever Gallery runs. The rest comes from the environment.

======================== =========================================================
variable                 meaning
======================== =========================================================
DATABASE_URL             ``postgres://…``, ``mysql://…`` or ``sqlite:///…``;
                         an SQLite file in GALLERY_DATA by default
SLIPSTREAM_REDIS_URL     turns on Redis for cache, sessions and views
GALLERY_DATA             folder for what Gallery keeps in files
GALLERY_SECRET_KEY       signs sessions and cursors
GALLERY_ALLOWED_HOSTS    host names, comma-separated
GALLERY_MEDIA_URL        where browsers find public files, if not at ``/media/``:
                         an object storage, say
GALLERY_EMAIL_FROM       sender of mails
======================== =========================================================
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from gallery.config.caching import redis_cache

GALLERY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GALLERY_DATA") or GALLERY.parent / ".dev" / "data")
REDIS_URL = os.environ.get("SLIPSTREAM_REDIS_URL", "")

SECRET_KEY = os.environ.get("GALLERY_SECRET_KEY", "")
ALLOWED_HOSTS = [h for h in os.environ.get("GALLERY_ALLOWED_HOSTS", "").split(",") if h]
DEBUG = False

INSTALLED_APPS = [
    "gallery.accounts",
    "gallery.activity",
    "gallery.images",
    "gallery.comments",
    "gallery.moderation",
    "gallery.popular",
    "gallery.insights",
    "gallery.live",
    "gallery.notifications",
    "gallery.people",
    "gallery.search",
    "gallery.front",
    "gallery.demo",
    "slipstream.activity",
    "slipstream.counters",
    "slipstream.feeds",
    "slipstream.follows",
    "slipstream.notifications",
    "slipstream.rankings",
    "slipstream.targets",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gallery.front.middleware.VisitorAddressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gallery.front.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    # Before CommonMiddleware and CSRF, which read the body of a form.
    "gallery.front.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gallery.front.middleware.ErrorPagesMiddleware",
    "gallery.front.middleware.ClosedMeanwhileMiddleware",
]

ROOT_URLCONF = "gallery.config.urls"
WSGI_APPLICATION = "gallery.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [GALLERY / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gallery.front.context.theme",
            ],
        },
    },
]

# -- Data ----------------------------------------------------------------------

_DATABASE: dict[str, Any] = dict(
    dj_database_url.config(default=f"sqlite:///{DATA / 'gallery.sqlite3'}")
)
if _DATABASE["ENGINE"].endswith("sqlite3"):
    # Readers do not wait for the writer, and a writer waits its turn from the
    # start instead of failing halfway.
    _DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif _DATABASE["ENGINE"].endswith("postgresql"):
    _DATABASE["OPTIONS"] = {**_DATABASE.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 8}}
elif _DATABASE["ENGINE"].endswith("mysql"):
    import pymysql

    pymysql.install_as_MySQLdb()
    _DATABASE["OPTIONS"] = {**_DATABASE.get("OPTIONS", {}), "charset": "utf8mb4"}
    _DATABASE["CONN_MAX_AGE"] = 60
DATABASES = {"default": _DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CACHES: dict[str, Any] = {"default": redis_cache(REDIS_URL)}
    DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
    # The database holds the session as well: a lost Redis signs nobody out.
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # Beyond, it forgets a third at random: tries to sign in as well.
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.db"

STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "gallery.media.storage.AtomicFileSystemStorage"},
    "staticfiles": {"BACKEND": "gallery.config.static.StaticFiles"},
}
# Pictures that not everyone may see: files without addresses.
STORAGES["private"] = {
    "BACKEND": "gallery.media.storage.AtomicFileSystemStorage",
    "OPTIONS": {"location": DATA / "private", "base_url": None},
}
MEDIA_ROOT = DATA / "media"
MEDIA_URL = os.environ.get("GALLERY_MEDIA_URL") or "/media/"
STATIC_ROOT = DATA / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [GALLERY / "static"]

# -- People ---------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["gallery.accounts.backends.Backend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "front:home"
LOGOUT_REDIRECT_URL = "front:home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
DEFAULT_FROM_EMAIL = os.environ.get("GALLERY_EMAIL_FROM", "Gallery <gallery@localhost>")

# -- Slipstream -----------------------------------------------------------------

SLIPSTREAM_ACTIVITY_MODEL = "gallery_activity.Activity"
if REDIS_URL:
    # Views are counted there, and brought to the database by `manage.py flush_views`.
    SLIPSTREAM_REDIS_URL = REDIS_URL
    SLIPSTREAM_RANKINGS_BACKEND = "slipstream.rankings.backends.redis.Redis"

# -- Language and time ----------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [GALLERY / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = os.environ.get("TZ") or "Asia/Seoul"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# -- Safety ----------------------------------------------------------------------


def _origin(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_origin(MEDIA_URL)],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
CSRF_FAILURE_VIEW = "gallery.front.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

#: The largest body of a request, in bytes; a larger one is answered with 413 unread.
GALLERY_MAX_BODY = 24 * 1024 * 1024
#: The largest file, in bytes, and the most pixels, that a photo may have.
GALLERY_MAX_PHOTO_BYTES = 8 * 1024 * 1024
GALLERY_MAX_PHOTO_PIXELS = 40_000_000
#: The same for pictures.
GALLERY_MAX_IMAGE_BYTES = 20 * 1024 * 1024
GALLERY_MAX_IMAGE_PIXELS = 40_000_000
#: How many proxies of ours add to X-Forwarded-For; 0 where people connect directly.
GALLERY_PROXIES = 0
#: Tries that one visitor has to sign in with one name in a quarter of an hour.
GALLERY_SIGN_IN_TRIES = 10
#: The same with whatever names: tries in vain from one address.
GALLERY_SIGN_IN_TRIES_PER_ADDRESS = 60
#: Accounts that can be made from one address in an hour, and tries to make them.
GALLERY_JOINS_PER_HOUR = 30
#: Mails to reset a password that can be asked for from one address in an hour.
GALLERY_RESETS_PER_HOUR = 10
#: Those that one mailbox gets in an hour, whoever asks.
GALLERY_RESETS_PER_MAILBOX = 3
#: How many reports a person can send to the moderators in an hour.
GALLERY_REPORTS_PER_HOUR = 20
#: How often a person can fetch their data in an hour.
GALLERY_EXPORTS_PER_HOUR = 5
#: How many comments a person can write in a minute.
GALLERY_COMMENTS_PER_MINUTE = 20
