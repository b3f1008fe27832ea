"""The network, how it learns and how it writes. The only room, with the workers that run it, that knows torch."""
