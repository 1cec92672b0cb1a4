"""The settings of the mock that no recording shows, each with the reason."""

from collections.abc import Mapping

UNRECOGNISED: Mapping[str, str] = {
    "lock_taken": "it shows only if a request that is refused holds the lock, for a moment too short to meet",
    "generation_seconds": "a replay gives each generation its recorded duration",
    "queued_lock": "a recording does not check the lock of a queued image",
    "absent_sizes": "a recording asks each engine for one size, whose refusal may as well be that of the engine",
    "daily_reset": "the day would have to end within the recording",
    "failing_prompt": "a means of the mock, to ask for a failure, which a replay does by a fault",
    "unversioned_paths": "a recording names paths below the base URL, which the target states",
}
