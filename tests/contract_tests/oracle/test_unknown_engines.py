"""Refusals that call an engine unknown."""

import json
from typing import Any

import pytest

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.oracle.replies import refused_as_unknown


def refusal(status: int, message: str, **more: Any) -> Reply:
    exchange = Exchange("POST", "http://127.0.0.1/", "primary", None, status=status)
    return Reply(status, {}, json.dumps({"status": "error", "message": message, **more}).encode(), exchange)


def of_field(engine: str, sentence: str) -> Reply:
    text = sentence.format(engine)
    return refusal(422, text, errors={"image_generator": [text]}, request_id=f"of {engine}")


INVENTED = "daguerreotype"
NOT_OFFERED = "The selected image_generator is invalid."


@pytest.mark.parametrize(
    ("refused", "invented", "unknown"),
    [
        (of_field("ideogram", NOT_OFFERED), of_field(INVENTED, NOT_OFFERED), True),
        (of_field("ideogram", "There is no {}."), of_field(INVENTED, "There is no {}."), True),
        (refusal(200, "No ideogram."), refusal(200, f"No {INVENTED}."), True),
        (of_field("ideogram", "Your plan lacks {}."), of_field(INVENTED, NOT_OFFERED), False),
        (refusal(400, "No ideogram."), refusal(422, f"No {INVENTED}."), False),
        # It says nothing about the engine.
        (refusal(422, "Invalid."), refusal(422, "Invalid."), False),
        # It is not about the parameters.
        (refusal(419, "ideogram costs more."), refusal(419, f"{INVENTED} costs more."), False),
        (refusal(403, "No ideogram."), refusal(403, f"No {INVENTED}."), False),
    ],
)
def test_an_engine_is_unknown_where_it_is_refused_as_an_invented_one(
    refused: Reply, invented: Reply, unknown: bool
) -> None:
    assert refused_as_unknown("ideogram", refused, INVENTED, invented) == unknown
