"""Screens that lie over the panes: key help, questions."""
