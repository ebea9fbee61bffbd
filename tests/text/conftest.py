"""Properties here are timed by their own tests; a busy machine must not fail the others."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("riwaya-text", deadline=None)
settings.load_profile("riwaya-text")
