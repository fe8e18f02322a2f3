"""What the server serves: the pages of `gallery.config.wsgi`, and event streams."""

import os

from gallery.config.wsgi import application as pages
from gallery.live.bridge import Bridge

application = Bridge(pages, threads=int(os.environ.get("GALLERY_THREADS") or 4))
