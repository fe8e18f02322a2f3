"""Management commands of this capability."""
