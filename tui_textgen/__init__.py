"""Watch a character-level network learn to write like a text, and talk to it."""

__version__ = "0.1.0"
