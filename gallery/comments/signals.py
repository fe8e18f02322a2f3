"""What happens to comments, for `gallery.config.wiring`.

Sent inside the transaction that makes the change, so that what is written by
who listens is written with it or not at all. Each has the ``comment``, with its
picture and who wrote it.
"""

from django.dispatch import Signal

#: Others may read it from now on: it was written, or is not hidden any more.
commented = Signal()
#: Nobody else may read it any more: it was deleted or hidden.
uncommented = Signal()
