"""A project with every capability and nothing of Gallery.

``SLIPSTREAM_TEST_USERS`` chooses the user model: ``stock`` (integer key),
``uuid`` or ``text``. ``DATABASE_URL`` chooses the engine, with Django's
own options but for what makes tests quick and patient.
"""

import os

import dj_database_url

USERS = os.environ.get("SLIPSTREAM_TEST_USERS", "stock")

SECRET_KEY = "tests only"
USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

AUTH_USER_MODEL = {
    "stock": "auth.User",
    "uuid": "uuid_users.User",
    "text": "text_users.User",
}[USERS]

INSTALLED_APPS = [
    *([] if USERS == "stock" else [f"tests.{USERS}_users"]),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "slipstream.follows",
    "slipstream.targets",
    "slipstream.activity",
    "slipstream.feeds",
    "slipstream.counters",
    "slipstream.rankings",
    "slipstream.notifications",
    "tests.things",
    "tests.tasks",
    "tests.linking",
    "tests.pointing",
    "tests.trail",
    "tests.counting",
]

# The text project has no model of activities of its own.
if USERS == "text":
    INSTALLED_APPS += ["slipstream.activity.generic"]
else:
    INSTALLED_APPS += ["tests.acts"]
    SLIPSTREAM_ACTIVITY_MODEL = "acts.Activity"

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "tests.settings.library_urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.config(default="sqlite://:memory:")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that other processes can open the test database.
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
    DATABASES["default"]["OPTIONS"] = {
        # A test database is thrown away: what guards against a power cut only costs time.
        "init_command": "PRAGMA synchronous=OFF;",
        # SQLite lets writers wait in no order: on a busy machine one may wait for long.
        "timeout": 60,
    }
