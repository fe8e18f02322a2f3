"""An app for ``./dev bench feeds`` and ``./dev bench log``: people and what they do."""
