"""Files that appear whole or not at all."""

import uuid
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class AtomicFileSystemStorage(FileSystemStorage):
    """Django's, but nobody ever opens a file that is still being written."""

    def _save(self, name: str, content: Any) -> str:
        part = super()._save(f"{name}.{uuid.uuid4().hex}.part", content)  # type: ignore[misc]
        Path(self.path(part)).replace(self.path(name))
        return name
