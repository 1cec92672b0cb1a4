"""How long a lock lives (LOCK-10S), in seconds, and how far a measurement may be off."""

LOCK_SECONDS = 10.0
TOLERANCE = 0.25
