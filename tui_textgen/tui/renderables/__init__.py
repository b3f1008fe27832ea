"""From numbers to pictures of characters: arithmetic first, then styled text; no widgets here."""
