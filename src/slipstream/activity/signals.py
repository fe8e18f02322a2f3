"""What other code may listen to."""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["activity_logged"]

activity_logged = Signal()
"""Sent after commit, with ``activity``, once for each that was recorded.

A receiver that fails is logged, and keeps nothing else from happening.
"""
