"""Text that tells one object from another."""

from __future__ import annotations

from typing import Any

from django.db import models

__all__ = ["ExactCharField"]


class ExactCharField(models.CharField):  # type: ignore[type-arg]
    """Text that is compared character by character, and sorted so, on every engine.

    MariaDB would take "a" for "A", "e" for "é" and "a " for "a"; PostgreSQL would sort by the
    language of the database.
    """

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return the type of the column, and how it is compared."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        if connection.vendor == "mysql":
            is_mariadb = connection.mysql_is_mariadb
            parameters["collation"] = "utf8mb4_nopad_bin" if is_mariadb else "utf8mb4_0900_bin"
        elif connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
