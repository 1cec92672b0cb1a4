"""The subject of a decision of the service: the call, its account, and the generation that made an image."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from contract_tests.wrong_servers.parameters import FROM_IMAGE, MODIFIERS
from contract_tests.wrong_servers.service import PREFIX, Service
from contract_tests.wrong_servers.state import Account, Generation, Image, Order
from contract_tests.wrong_servers.wire import Reply, Request

_COUNT = "image_number_of_images"


@dataclass(frozen=True)
class Subject:
    """All that is known when a decision is made.

    token: of the account; operation: the last part of the path. earlier: how often this account made this call before;
    refused: whether a generation of it was refused before. The rest is about the generation, as far as there is one.
    """

    token: str = ""
    operation: str = ""
    earlier: int = 0
    refused: bool = False
    engine: str = ""
    prompt: str = ""
    images: int = 0
    form: bool = False
    fine: bool = False
    modified: bool = False
    from_image: bool = False
    id: int = 0


def _about(order: Order) -> dict[str, Any]:
    return {
        "engine": order.engine,
        "prompt": order.prompt,
        "images": order.count,
        # In a form all values are texts.
        "form": _COUNT in order.fields,
        "fine": order.fields.get("quality") == "hd",
        "modified": any(name in order.fields for name in MODIFIERS),
        "from_image": order.fields.get("type") in FROM_IMAGE,
    }


def _requested(fields: dict[str, Any]) -> dict[str, Any]:
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    count = 0
    with suppress(KeyError, TypeError, ValueError):
        count = int(fields[_COUNT])
    return _about(Order(texts.get("image_generator", ""), "", count, 0, 0, texts))


class Watchful(Service):
    """A service that knows what each of its decisions is about."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._local = threading.local()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._refused: set[str] = set()
        self._made: dict[int, dict[str, Any]] = {}
        super().__init__(*arguments, **named)

    def answer(self, request: Request) -> Reply:
        token, operation = self.token(request), request.path.rpartition("/")[2]
        with self.mutex:
            earlier = self._calls[token, operation]
            self._calls[token, operation] += 1
            refused = token in self._refused
        requested = _requested(self.form(request).fields) if request.path.startswith(PREFIX) else {}
        self._local.subject = {
            "token": token,
            "operation": operation,
            "earlier": earlier,
            "refused": refused,
            **requested,
        }
        return super().answer(request)

    def refused(self, account: Account) -> None:
        self._refused.add(account.token)
        super().refused(account)

    def begin(self, account: Account, order: Order) -> Generation:
        self._local.subject.update(_about(order))
        return super().begin(account, order)

    def record(self, account: Account, images: list[Image]) -> None:
        for image in images:
            self._made[image.id] = {**self._local.subject, "id": image.id}
        super().record(account, images)

    def subject(self, arguments: tuple[Any, ...]) -> Subject:
        """Return what a decision with these arguments is about; without any, it is the call that is served."""
        known = dict(getattr(self._local, "subject", {}))
        for each in arguments:
            known.update(self._known_by(each))
        return Subject(**known)

    def _known_by(self, argument: Any) -> dict[str, Any]:
        match argument:
            case Account():
                return {"token": argument.token, "refused": argument.token in self._refused}
            case Order():
                return _about(argument)
            case Generation():
                return _about(argument.order)
            case Image():
                return dict(self._made_by(argument))
            case _:
                return {}

    def _made_by(self, image: Image) -> Iterator[tuple[str, Any]]:
        """Yield what is known of the generation of an image; how often it was fetched remains that of this call."""
        for name, value in self._made.get(image.id, {}).items():
            if name not in {"operation", "earlier", "refused"}:
                yield name, value
