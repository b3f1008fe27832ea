"""What textgen-tui costs and gains, measured: ``python -m benchmarks --help``."""
