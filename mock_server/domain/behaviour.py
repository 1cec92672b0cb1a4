"""Behaviour: every value that a rule leaves open. Names, defaults and sources are in openapi/rules.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the service behaves. Seconds are seconds, sizes are bytes, lengths are characters."""

    versions: Mapping[str, str]
    lock_seconds: float
    lock_release: str
    credits_per_image: int
    credit_need: str
    daily_unit: str
    max_images: int
    max_text_length: int
    max_upload_bytes: int
    max_body_bytes: int
    max_pixels: int
