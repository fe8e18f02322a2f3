"""Static files with names that change with what is in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)

_SITE = "gallery/css/site.css"
_IMPORT = re.compile(r'^@import url\("([a-z]+\.css)"\);\n', re.MULTILINE)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """As WhiteNoise has it; modules import each other by those names, and there is one style sheet.

    A browser shows nothing before it has all style sheets, each with a request of its own.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: Any, dry_run: bool = False, **options: Any) -> Iterator[Any]:  # noqa: FBT001, FBT002 - Django's own signature
        """Name the collected files, once the style sheet holds what it imports."""
        if not dry_run and _SITE in paths:

            def read(path: str) -> str:
                storage, name = paths[path]
                with storage.open(name) as file:
                    return str(file.read().decode())

            folder = _SITE.rpartition("/")[0]
            whole = _IMPORT.sub(lambda found: read(f"{folder}/{found[1]}"), read(_SITE))
            Path(self.path(_SITE)).write_text(whole)
            paths[_SITE] = (self, _SITE)
        yield from super().post_process(paths, dry_run, **options)
