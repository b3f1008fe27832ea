"""The network: how it is built, how it learns, how it writes, and how it is kept on disk."""
