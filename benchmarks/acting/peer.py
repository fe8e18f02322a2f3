"""django-activity-stream 2.0, with the same people, follows and activities.

Its public release is installed at the first run, into a folder of its own; nothing else
sees it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from devtools.environment import pip
from devtools.places import MADE, ROOT, alone
from devtools.problems import Problem, masked

APP = "actstream"
_LIST = Path(__file__).parent.parent / "peers.txt"
_FOLDER = MADE / "peers"


def install() -> None:
    """Make it importable."""
    stamp = _FOLDER / "peers.txt"
    with alone("installing peers"):
        if not stamp.exists() or stamp.read_text() != _LIST.read_text():
            print(f"Installing benchmarks/{_LIST.name} into {_FOLDER.relative_to(ROOT)} …")
            shutil.rmtree(_FOLDER, ignore_errors=True)
            # No more than Django is what they need, and which one is for us to say.
            command = [*pip(), "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
            command += ["--disable-pip-version-check", "--target", str(_FOLDER)]
            command += ["--requirement", str(_LIST)]
            variables = {**os.environ, "PIP_NO_INPUT": "1", "PIP_USER": "0"}
            done = subprocess.run(
                command, env=variables, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise Problem(f"{masked(done.stderr)}\npip could not install {_LIST.name}.")
            stamp.write_text(_LIST.read_text())
    # After our own: what it brings must not hide anything.
    sys.path.append(str(_FOLDER))


def register() -> None:
    """Tell it of the models, as its manual says."""
    from actstream import registry
    from django.contrib.auth import get_user_model

    from benchmarks.acting.models import Comment, Image

    registry.register(get_user_model(), Image, Comment)


def fill() -> None:
    """Give it what we have; what feeds hide is not public."""
    from actstream.models import Action, Follow
    from django.contrib.auth import get_user_model
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    from benchmarks.acting.filling import in_a_hurry, run, without_indexes
    from benchmarks.acting.models import Activity, Comment, Image
    from benchmarks.acting.verbs import SHOWN
    from slipstream.follows.models import Follow as OurFollow

    kinds = {"image": Image, "user": get_user_model(), "comment": Comment}
    types = {kind: ContentType.objects.get_for_model(model).pk for kind, model in kinds.items()}
    text = {"mysql": "CHAR"}.get(connection.vendor, "VARCHAR(255)")
    cases = " ".join(f"WHEN target_{kind}_id IS NOT NULL THEN {pk}" for kind, pk in types.items())
    targets = ", ".join(f"target_{kind}_id" for kind in kinds)
    shown = ", ".join(f"'{code}'" for code in SHOWN)
    follow = {
        "id": "id",
        "user_id": "follower_id",
        "content_type_id": types["user"],
        "object_id": f"CAST(following_id AS {text})",
        "actor_only": "TRUE",
        "flag": "''",
        "started": "followed_at",
    }
    action = {
        "id": "id",
        "actor_content_type_id": types["user"],
        "actor_object_id": f"CAST(actor_id AS {text})",
        "verb": "verb",
        "target_content_type_id": f"CASE {cases} END",
        "target_object_id": f"CAST(COALESCE({targets}) AS {text})",
        "timestamp": "created_at",
        "public": f"verb IN ({shown})",
    }
    with in_a_hurry():
        for ours, theirs, columns in ((OurFollow, Follow, follow), (Activity, Action, action)):
            what = ", ".join(str(each) for each in columns.values())
            with without_indexes(theirs):
                run(
                    f"INSERT INTO {theirs._meta.db_table} ({', '.join(columns)})"
                    f" SELECT {what} FROM {ours._meta.db_table}"
                )
    reset_sequences([Action, Follow])


def reset_sequences(models: list[Any]) -> None:
    """Set them after the rows that came with their keys."""
    from django.core.management.color import no_style
    from django.db import connection

    from benchmarks.acting.filling import run

    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        run(statement)
