from __future__ import annotations

from hypothesis import settings

# A deadline for each example would be an assertion about how busy the machine is.
settings.register_profile("textgen-tui", deadline=None)
settings.load_profile("textgen-tui")
