"""Text in: found, decoded, counted and encoded. No torch, no numpy."""
