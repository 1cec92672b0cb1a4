"""Changes of the decisions about images: their number, their fields, their pictures and the list."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contract_tests.wrong_servers.generated.conditions import CALL, GENERATION, IMAGE, PROMPT
from contract_tests.wrong_servers.generated.operators import (
    Operator,
    another,
    changed,
    constant,
    edited,
    exchanged,
    of_another,
    shifted,
    skipped,
    with_value,
    without,
)
from contract_tests.wrong_servers.generated.rows import Change, Decision, breaks, keeps
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image, Order
from contract_tests.wrong_servers.wire import Reply, Request, error

_ID_SHIFT = 1_000_003
_TYPES = {"id": "int", "title": "str", "input": "str", "output": "str"}


def _drawn(count: Callable[[int], int]) -> Operator:
    """Return an operator that draws another number of images."""

    def operator(
        service: Service, original: Callable[..., Any], account: Account, order: Order, request: Request
    ) -> Any:
        return original(account, replace(order, count=max(0, count(order.count))), request)

    return operator


def _same_id(images: list[Image]) -> list[Image]:
    return [replace(image, id=images[0].id) for image in images]


def _reversed(images: list[Image]) -> list[Image]:
    return images[::-1]


def _with_others(service: Service, original: Callable[..., Any], account: Account) -> list[Image]:
    others: list[Image] = original(another(service, account))
    mine: list[Image] = original(account)
    return [*mine[: service.most_recent - 1], *others[:1]]


def _one_more(service: Service, original: Callable[..., Any], account: Account) -> list[Image]:
    original(account)
    return account.images[: -service.most_recent - 2 : -1]


def _without_last_of_ten(service: Service, original: Callable[..., Any], account: Account) -> list[Image]:
    images: list[Image] = original(account)
    return images[: service.most_recent - 1]


def _also_for_another(service: Service, original: Callable[..., Any], account: Account, images: list[Image]) -> None:
    original(account, images)
    another(service, account).images.extend(images)


def _fields(where: str, rule: str) -> dict[str, Change]:
    """Return the changes of the fields of an image, in the reply to its generation or in the list."""
    changes: dict[str, Change] = {}
    for name in _TYPES:
        changes[f"without-{name}"] = breaks("SHAPE", f"{where} has no {name}", changed(without(name)))
        changes[f"null-{name}"] = breaks("SHAPE", f"The {name} of {where} is null", changed(with_value(name, None)))
    return changes | {
        "text-id": breaks("SHAPE", f"The id of {where} is a text", changed(edited("id", str))),
        "other-id": breaks(rule, f"{where} has another id", changed(edited("id", lambda id_: id_ + _ID_SHIFT))),
        "other-title": breaks(rule, f"{where} has another title", changed(edited("title", lambda title: f"x{title}"))),
        "other-input": breaks(rule, f"{where} has another input", changed(edited("input", lambda text: text[:-1]))),
        "other-output": breaks(rule, f"{where} has another output", changed(edited("output", lambda path: f"{path}#"))),
        "title-and-input": breaks(
            rule, f"Title and input of {where} are exchanged", changed(exchanged("title", "input"))
        ),
        "title-and-output": breaks(
            rule, f"Title and output of {where} are exchanged", changed(exchanged("title", "output"))
        ),
    }


DECISIONS = (
    Decision(
        Service.draw,
        GENERATION,
        {
            "one-less": breaks("IMG-COUNT", "One image less is made", _drawn(lambda count: count - 1)),
            "one-more": breaks("IMG-COUNT", "One image more is made", _drawn(lambda count: count + 1)),
            "double": breaks("IMG-COUNT", "Twice as many images are made", _drawn(lambda count: 2 * count)),
            "one": breaks("IMG-COUNT", "One image is made", _drawn(lambda count: 1)),
            "none": breaks("IMG-COUNT", "No image is made", _drawn(lambda count: 0)),
            "same-id": breaks("IMG-COUNT", "All images of a request have one id", changed(_same_id)),
        },
    ),
    Decision(
        Service.new_id,
        GENERATION,
        {
            "shifted": keeps("ids are opaque", "Ids are higher by one", shifted(1)),
            "constant": breaks("IMG-COUNT", "Every image has the same id", constant(7)),
        },
    ),
    Decision(
        Service.input_of,
        PROMPT,
        {
            "empty": breaks("IMG-INPUT", "The input is empty", constant("")),
            "without-first": breaks("IMG-INPUT", "The input lacks the first character", changed(lambda text: text[1:])),
            "without-last": breaks("IMG-INPUT", "The input lacks the last character", changed(lambda text: text[:-1])),
            "longer": breaks("IMG-INPUT", "The input ends with another character", changed(lambda text: f"{text}.")),
            "other-case": breaks("IMG-INPUT", "The case of the input is swapped", changed(str.swapcase)),
            "reversed": breaks("IMG-INPUT", "The input is reversed", changed(lambda text: text[::-1])),
        },
    ),
    Decision(
        Service.output_of,
        GENERATION,
        {
            "longer": breaks("IMG-GET", "output has a character more", changed(lambda path: f"{path}x")),
            "shorter": breaks("IMG-GET", "output lacks its last character", changed(lambda path: path[:-1])),
            "title": breaks("IMG-GET", "output is the file name alone", changed(lambda path: path.rpartition("/")[2])),
            "empty": breaks("IMG-GET", "output is empty", constant("")),
            "slash": keeps("a leading slash is allowed", "output begins with a slash", changed("/{}".format)),
        },
    ),
    Decision(
        Service.drawn,
        IMAGE,
        {
            "missing": breaks("IMG-GET", "The picture is missing", constant(error(404, "Not found."))),
            "empty": breaks("IMG-GET", "The picture is empty", changed(lambda reply: replace(reply, body=b""))),
            "cut": breaks(
                "IMG-GET", "The picture ends half-way", changed(lambda reply: replace(reply, body=reply.body[:60]))
            ),
            "page": breaks("IMG-GET", "A web page replaces the picture", constant(Reply(200, b"<p>", {}, "text/html"))),
            "text": breaks(
                "IMG-GET",
                "The picture has the type of a text",
                changed(lambda reply: replace(reply, content_type="text/plain")),
            ),
        },
    ),
    Decision(Service.entry, IMAGE, _fields("a new image", "RECENT-SAME")),
    Decision(
        Service.listed,
        IMAGE,
        {
            **_fields("a listed image", "RECENT-SAME"),
            "without-created_at": breaks("SHAPE", "A listed image has no created_at", changed(without("created_at"))),
        },
    ),
    Decision(
        Service.recent_of,
        CALL,
        {
            "reversed": keeps("the order is inferred [RECENT-ORDER]", "The list is reversed", changed(_reversed)),
            "empty": breaks("RECENT-SAME", "The list is empty", constant([])),
            "without-first": breaks("RECENT-SAME", "The newest image is missing", changed(lambda all_: all_[1:])),
            "one-less": breaks("RECENT-10", "The list has nine images at most", _without_last_of_ten),
            "one-more": breaks("RECENT-10 SHAPE", "The list has eleven images at most", _one_more),
            "of-another": breaks("RECENT-OWN RECENT-SAME", "The list is that of another account", of_another),
            "with-others": breaks("RECENT-OWN", "The list ends with an image of another account", _with_others),
        },
    ),
    Decision(
        Service.record,
        GENERATION,
        {
            "skipped": breaks("RECENT-SAME", "A new image is not listed", skipped),
            "of-another": breaks("RECENT-OWN RECENT-SAME", "A new image is listed for another account", of_another),
            "also-for-another": breaks(
                "RECENT-OWN", "A new image is listed for another account, too", _also_for_another
            ),
        },
    ),
)
