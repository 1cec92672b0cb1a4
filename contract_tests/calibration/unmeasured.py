"""The settings that no calibration measures, each with the reason."""

from collections.abc import Mapping

_OWN = "a limit that protects the mock itself"
UNMEASURED: Mapping[str, str] = {
    "lock_taken": "it shows only if a request that is refused holds the lock, for a moment too short to meet",
    "credits_per_image": "documented [CREDIT-COST]; to rule out another price takes as many credits as an account has",
    "daily_reset": "the day would have to end during the calibration",
    "prompt_separator": "it costs a generation, and matters to multi-prompts only",
    "storage_url": "pictures of the mock are at the mock, wherever those of the service are",
    "failing_prompt": "a means of the mock, to ask for a failure",
    "default_size": "the sizes of pictures belong to the suite's own run [IMG-SIZE]",
    "upscale_factor": "the sizes of pictures belong to the suite's own run [IMG-SIZE]",
    "max_body_bytes": _OWN,
    "max_pixels": _OWN,
    "decode_seconds": _OWN,
    "max_worlds": _OWN,
    "max_world_bytes": _OWN,
    "max_journal_entries": _OWN,
    "max_journal_bytes": _OWN,
    "max_source_bytes": _OWN,
    "max_rendered_bytes": _OWN,
    "state_seconds": _OWN,
    "max_header_bytes": _OWN,
    "max_headers": _OWN,
    "client_seconds": _OWN,
    "keep_alive_seconds": _OWN,
    "max_connections": _OWN,
    "max_form_parts": _OWN,
    "max_large_bodies": _OWN,
}
# Measured on the way, by every exchange, without an experiment of their own.
HARVESTED = frozenset({"versions", "absent_sizes", "lock_seconds", "generation_seconds"})
