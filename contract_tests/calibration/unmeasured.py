"""The settings that no calibration measures, each with the reason."""

from collections.abc import Mapping

UNMEASURED: Mapping[str, str] = {
    "lock_taken": "it shows only if a request that is refused holds the lock, for a moment too short to meet",
    "credits_per_image": "documented [CREDIT-COST]; to rule out another price takes as many credits as an account has",
    "daily_reset": "the day would have to end during the calibration",
    "prompt_separator": "it costs a generation, and matters to multi-prompts only",
    "storage_url": "pictures of the mock are at the mock, wherever those of the service are",
    "failing_prompt": "a means of the mock, to ask for a failure",
    "default_size": "the sizes of pictures belong to the suite's own run [IMG-SIZE]",
    "upscale_factor": "the sizes of pictures belong to the suite's own run [IMG-SIZE]",
}
# Measured on the way, by every exchange, without an experiment of their own.
HARVESTED = frozenset({"versions", "queued_lock", "lock_seconds", "generation_seconds"})
