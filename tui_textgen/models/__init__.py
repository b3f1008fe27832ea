"""Model files as far as they can be known without torch: their cards, and where they are."""
