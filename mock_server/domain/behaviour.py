"""Behaviour: the value of every setting. Names, defaults and sources are in openapi/rules.yaml."""

from collections.abc import Mapping, Sequence

import msgspec


class Behaviour(msgspec.Struct, frozen=True):
    """The settings of the emulated service. Seconds are seconds, sizes are bytes, lengths are characters."""

    unauthenticated_status: int
    unauthenticated_body: str
    further_fields: str
    created_at: str
    versions: Mapping[str, str]
    lock_seconds: float
    lock_release: str
    lock_taken: str
    generation_seconds: Mapping[str, float]
    lock_scope: str
    locked_status_field: str
    locked_message_field: str
    credits_per_image: int
    credit_need: str
    daily_limit_body: str
    daily_unit: str
    daily_reset: str
    refusal_order: Sequence[str]
    invalid_status: int
    invalid_body: str
    limit_status: int
    limit_body: str
    urlencoded: str
    text_trimming: str
    prompt_separator: str
    recent_order: str
    input_modifiers: str
    image_storage: str
    storage_url: str
    output_form: str
    absent_engines: Sequence[str]
    absent_sizes: Sequence[str]
    queued_engines: Sequence[str]
    queued_lock: str
    failing_prompt: str
    trailing_slash: str
    unknown_path_body: str
    default_size: str
    upscale_factor: int
    error_body: str
    without_accept: str
    rate_limit: str
    rate_limit_headers: str
    cors: str
    unversioned_paths: str
    max_images: int
    max_text_length: int
    max_upload_bytes: int
    max_body_bytes: int
    max_pixels: int
    decode_seconds: float
    max_worlds: int
    max_world_bytes: int
    max_journal_entries: int
    max_journal_bytes: int
    max_source_bytes: int
    max_rendered_bytes: int
    state_seconds: float
    max_header_bytes: int
    max_headers: int
    client_seconds: float
    keep_alive_seconds: float
    max_connections: int
    max_form_parts: int
    max_large_bodies: int
