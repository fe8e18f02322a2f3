"""An app for ``./dev bench targets``: the same rows, pointing in four ways."""
