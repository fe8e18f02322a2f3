"""Sphinx, with Markdown by MyST. `./dev docs` builds with warnings as errors."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings.library")
django.setup()

import slipstream  # noqa: E402

project = "Slipstream"
author = "The Slipstream authors"
copyright = "2026, The Slipstream authors"  # noqa: A001
release = slipstream.__version__
html_theme = "furo"
html_title = f"Slipstream {release}"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["fieldlist"]
myst_heading_anchors = 3
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
default_role = "py:obj"
exclude_patterns: list[str] = []
