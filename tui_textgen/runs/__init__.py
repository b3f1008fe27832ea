"""One run on disk: its folder, its store, its lock, and how it looks at one moment."""
