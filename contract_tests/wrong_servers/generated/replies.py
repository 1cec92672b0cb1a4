"""Changes of the decisions about replies, and of who is served."""

from collections.abc import Callable
from typing import Any

from contract_tests.wrong_servers.generated.conditions import ADMISSION, CALL, CONDITIONS, GENERATION
from contract_tests.wrong_servers.generated.operators import ALWAYS as TRUE
from contract_tests.wrong_servers.generated.operators import (
    NEVER,
    body,
    changed,
    status,
    swapped_with,
    with_value,
    without,
)
from contract_tests.wrong_servers.generated.rows import Change, Decision, breaks, keeps
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import token_of

_FIRST = token_of("primary")
_COMPARED = 12  # characters
_REQUEST = (*CALL, CONDITIONS["json"], CONDITIONS["form"])


def _similar(service: Service, original: Callable[..., Any], token: str) -> Any:
    return original(_FIRST if token.startswith(_FIRST[:_COMPARED]) else token)


def _sourceless(problems: dict[str, Any]) -> dict[str, Any]:
    return without("image_src")(problems)


def _shifted(rule: str, situation: str, code: int) -> dict[str, Change]:
    # A status below 200 announces another reply.
    codes = {"status-minus-one": code - 1, "status-plus-one": code + 1}
    return {
        name: breaks(f"{rule} SHAPE", f"{situation} gets a {changed_code}", status(changed_code))
        for name, changed_code in codes.items()
        if changed_code >= 200
    }


DECISIONS = (
    Decision(
        Service.admitted,
        ADMISSION,
        {
            "always": breaks("AUTH", "A call needs no token", TRUE),
            "never": breaks("AUTH", "A valid token is refused", NEVER),
        },
    ),
    Decision(
        Service.account_of,
        CALL,
        {"similar": breaks("AUTH", "A token that begins like that of another account opens that account", _similar)},
        modes=("control",),  # without it, a similar token opens no account
    ),
    Decision(
        Service.unauthenticated,
        ADMISSION,
        {"served": breaks("AUTH SHAPE", "A call without a token gets a 200", status(200))},
    ),
    Decision(
        Service.available,
        CALL,
        {
            "as-busy": breaks("LOCK-CHECK LOCK-10S", "A check gets a 409 while nothing runs", swapped_with("busy")),
            "without-status": breaks("SHAPE", "Availability has no status", body(without("status"))),
            "without-message": breaks("SHAPE", "Availability has no message", body(without("message"))),
            "as-error": breaks("SHAPE", "Availability has the status error", body(with_value("status", "error"))),
            **_shifted("SHAPE", "An available service", 200),
        },
    ),
    Decision(
        Service.busy,
        CALL,
        {
            "as-available": breaks("LOCK-CHECK", "A check gets a 200 during a generation", swapped_with("available")),
            "without-status": breaks("SHAPE", "The 409 of a check has no status", body(without("status"))),
            "without-message": breaks("SHAPE", "The 409 of a check has no message", body(without("message"))),
            **_shifted("LOCK-CHECK", "A check during a generation", 409),
        },
    ),
    Decision(Service.locked, GENERATION, _shifted("LOCK-ONE", "A generation that the lock prevents", 409)),
    Decision(Service.too_poor, GENERATION, _shifted("CREDIT-419", "A generation without credits", 419)),
    Decision(Service.over_limit, GENERATION, _shifted("DAILY-429", "A generation beyond the daily limit", 429)),
    Decision(
        Service.versions,
        CALL,
        {
            "list": breaks("VERSIONS", "The versions are a list", body(list)),
            "numbers": breaks("VERSIONS", "A version is a number", body(with_value("dall-e", 3))),
            "null": breaks("VERSIONS", "A version is null", body(with_value("stable-diffusion", None))),
            "missing": breaks("SHAPE", "The versions get a 404", status(404)),
        },
    ),
    Decision(
        Service.made,
        GENERATION,
        {
            "without-status": breaks("SHAPE", "A generation has no status", changed(without("status"))),
            "without-images": breaks("SHAPE", "A generation has no images", changed(without("images"))),
            "without-storage": breaks("SHAPE", "A generation has no image_storage", changed(without("image_storage"))),
            "other-word": breaks("SHAPE", "A generation has the status done", changed(with_value("status", "done"))),
        },
    ),
    Decision(Service.generated, GENERATION, _shifted("SHAPE", "A finished generation", 200)),
    Decision(
        Service.problems,
        _REQUEST,
        {
            "source": breaks("I2I-SRC", "image_src is not required", changed(_sourceless)),
        },
    ),
    Decision(
        Service.invalid,
        _REQUEST,
        {
            "fails": breaks("SHAPE", "Invalid parameters get a 500", status(500)),
            "as-400": keeps("the status is assumed [VALID-422]", "Invalid parameters get a 400", status(400)),
        },
    ),
)
