"""The settings of the mock that no recording shows, each with the reason."""

from collections.abc import Mapping

_OWN = "a limit that protects the mock itself"

UNRECOGNISED: Mapping[str, str] = {
    "lock_taken": "it shows only if a request that is refused holds the lock, for a moment too short to meet",
    "generation_seconds": "a replay gives each generation its recorded duration",
    "absent_sizes": "a recording asks each engine for one size, whose refusal may as well be that of the engine",
    "daily_reset": "the day would have to end within the recording",
    "failing_prompt": "a means of the mock, to ask for a failure, which a replay does by a fault",
    "unversioned_paths": "a recording names paths below the base URL, which the target states",
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
