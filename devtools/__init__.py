"""What stands behind ``./dev``: Python's standard library only, since it runs before
any environment exists.
"""
