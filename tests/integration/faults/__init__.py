"""Real trainers, one fault at a random moment each, and what must be true afterwards."""
