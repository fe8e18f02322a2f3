"""What happens to pictures, for `gallery.config.wiring`.

Sent inside the transaction that makes the change, so that what is written by
who listens is written with it or not at all. Each has the ``image``; the last
two also the ``user`` who likes it.
"""

from django.dispatch import Signal

#: Others than the owner may see it from now on: it was shared, published or brought back.
shown = Signal()
#: Nobody else may see it any more: it was deleted or made private.
hidden = Signal()

liked = Signal()
unliked = Signal()
