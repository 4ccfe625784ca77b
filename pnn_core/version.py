"""The version of the core, which plugins state their compatibility with."""

__version__ = "0.1.0"
