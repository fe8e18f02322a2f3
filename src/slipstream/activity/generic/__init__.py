"""Activities about anything at all, for projects that want no model of their own.

Add ``slipstream.activity.generic`` to ``INSTALLED_APPS``. The target is then a
guarded generic key: it takes any model, and no foreign key guards it.
"""
