"""The service: the domain's functions over stores and clocks, for HTTP and for the control API."""

from .changes import Changes
from .events import Events
from .generating import GenerationLostError, earlier_refusal, generate
from .scheduler import Scheduler
from .service import Caller, Seen, Service

__all__ = [
    "Caller",
    "Changes",
    "Events",
    "GenerationLostError",
    "Scheduler",
    "Seen",
    "Service",
    "earlier_refusal",
    "generate",
]
