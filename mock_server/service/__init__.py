"""The service: the domain's functions over stores and clocks, for HTTP and for the control API alike."""

from .agenda import Agenda
from .generating import GenerationLostError, earlier_refusal, generate
from .service import Caller, Service

__all__ = ["Agenda", "Caller", "GenerationLostError", "Service", "earlier_refusal", "generate"]
