"""The social activity layer for Django; each capability is an app of its own."""

__version__ = "0.1.0"
