"""Which views of test models count."""

from __future__ import annotations

from datetime import timedelta

from slipstream.rankings import ViewPolicy, register

from .models import Cover, Document, Picture, Tag

register(Picture, ViewPolicy(once_per=timedelta(minutes=30), owner="owner"))
register(Document, ViewPolicy())
register(Tag, ViewPolicy(half_life=timedelta(hours=6)))
# Whose owner is a picture, to have two models with owners.
register(Cover, ViewPolicy(owner="picture"))
