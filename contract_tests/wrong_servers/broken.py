"""Servers that break down."""

import itertools
from dataclasses import replace

from contract_tests.wrong_servers import trouble
from contract_tests.wrong_servers.catalogue import broken
from contract_tests.wrong_servers.message import Manner, Reply, Request, at_once
from contract_tests.wrong_servers.service import Service

_HALF_WAY = 60


class _Troubled(Service):
    """Sends replies in a bad manner, from some request on."""

    manner: Manner = staticmethod(at_once)
    sound = 0

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        self._served = itertools.count()

    def answer(self, request: Request) -> Reply:
        if next(self._served) < self.sound:
            return super().answer(request)
        return replace(super().answer(request), manner=self.manner)


@broken("The process ends at the 60th request.")
class DiesHalfWay(_Troubled):
    manner = staticmethod(trouble.death)
    sound = _HALF_WAY


@broken("Connections are taken and never answered.")
class NeverAnswers(_Troubled):
    manner = staticmethod(trouble.silence)


@broken("From the 60th request on there is no answer.")
class StopsAnswering(_Troubled):
    manner = staticmethod(trouble.silence)
    sound = _HALF_WAY


@broken("The headers of a reply come, and no body.")
class HeadersOnly(_Troubled):
    manner = staticmethod(trouble.head_only)


@broken("Replies come byte by byte, two in a second.")
class Dribbles(_Troubled):
    manner = staticmethod(trouble.dribble)


@broken("Every connection is reset.")
class AlwaysResets(_Troubled):
    manner = staticmethod(trouble.reset)


@broken("From the 60th request on every connection is reset.")
class ResetsHalfWay(_Troubled):
    manner = staticmethod(trouble.reset)
    sound = _HALF_WAY


@broken("Bytes come that are no HTTP.")
class Garbage(_Troubled):
    manner = staticmethod(trouble.garbage)


@broken("Every reply ends before its end.")
class CutsReplies(_Troubled):
    manner = staticmethod(trouble.cut)


@broken("Every reply promises more bytes than there are.")
class PromisesTooMuch(_Troubled):
    manner = staticmethod(trouble.shortened)
