"""Which looks at a picture count: see docs/explanation/views.md."""

from datetime import timedelta

from gallery.images.models import Image
from slipstream.rankings import ViewPolicy, register

register(Image, ViewPolicy(once_per=timedelta(minutes=30), owner="user"))
