"""The version, apart from everything that would have to be imported to learn it."""

__version__ = "0.1.0"
