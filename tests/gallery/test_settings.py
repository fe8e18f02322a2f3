"""The settings for real, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys

REAL = {
    "DJANGO_SETTINGS_MODULE": "gallery.config.settings.production",
    "GALLERY_SECRET_KEY": "a" * 20 + "0123456789" * 4,
    "GALLERY_ALLOWED_HOSTS": "gallery.example",
}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_left_to_say_before_deployment(tmp_path):
    checked = run(
        "-W", "error", "gallery/manage.py", "check", "--deploy", "--fail-level", "WARNING",
        **{**REAL, "GALLERY_DATA": str(tmp_path)},
    )  # fmt: skip
    assert (checked.returncode, checked.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    ), checked.stderr


def test_it_does_not_start_without_a_key():
    started = run("gallery/manage.py", "check", **{**REAL, "GALLERY_SECRET_KEY": ""})
    assert started.returncode == 1
    assert "Set GALLERY_SECRET_KEY and GALLERY_ALLOWED_HOSTS." in started.stderr


def test_redis_counts_views_where_there_is_one():
    code = (
        "from django.conf import settings; from slipstream.conf import RANKINGS_BACKEND, REDIS_URL;"
        "print(RANKINGS_BACKEND.get().rpartition('.')[2], REDIS_URL.get())"
    )
    url = "redis://127.0.0.1:1/0"
    assert run("-c", code, **REAL, SLIPSTREAM_REDIS_URL=url).stdout == f"Redis {url}\n"
    assert run("-c", code, **REAL, SLIPSTREAM_REDIS_URL="").stdout == "Database None\n"


def test_browsers_may_fetch_public_files_elsewhere():
    code = (
        "from django.conf import settings;"
        "print(settings.MEDIA_URL, *settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    )
    told = run("-c", code, **{**REAL, "GALLERY_MEDIA_URL": "https://files.example/gallery/"})
    assert told.stdout == (
        "https://files.example/gallery/ 'self' data: blob: https://files.example\n"
    )
