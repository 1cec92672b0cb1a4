"""The service: the domain's functions over stores and clocks, for HTTP and for the control API alike."""

from .agenda import Agenda
from .events import Events
from .generating import GenerationLostError, earlier_refusal, generate
from .neighbourhood import Neighbourhood
from .service import Caller, Seen, Service

__all__ = [
    "Agenda",
    "Caller",
    "Events",
    "GenerationLostError",
    "Neighbourhood",
    "Seen",
    "Service",
    "earlier_refusal",
    "generate",
]
