"""What happens to accounts, for `gallery.config.wiring`.

Sent inside the transaction that makes the change, so that what is written by
who listens is written with it or not at all.
"""

from django.dispatch import Signal

#: Somebody made an account; ``user``.
joined = Signal()
