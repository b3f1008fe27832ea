"""What the panes are made of; only this layer knows Textual's messages and focus."""
