"""The programs to compare with answer as the rows expect, called in process."""

import asyncio

import pytest
from starlette.types import ASGIApp

from benchmarks.baselines import bare, checked, plain
from benchmarks.baselines.fixed import PICTURE, PREFIX, REFUSED_PATH
from benchmarks.rows import INVALID_ORDER, ORDER, ROWS, Row
from support.asgi import Answer, call

APPS = {"bare": bare.app, "starlette": plain.app, "starlette-jsonschema": checked.app}


def ask(app: ASGIApp, method: str, path: str, order: object = None) -> Answer:
    return asyncio.run(call(app, method, path, "bench-00000", order))


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
@pytest.mark.parametrize("row", [row for row in ROWS if row.path and not row.refused], ids=lambda row: row.name)
def test_a_row_is_answered_with_200(app: ASGIApp, row: Row) -> None:
    assert ask(app, row.method, f"/api/v1{row.path}", row.order).status == 200


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
def test_the_generated_picture_can_be_fetched(app: ASGIApp) -> None:
    made = ask(app, "POST", f"{PREFIX}/generate-image", ORDER).body["images"][0]
    assert ask(app, "GET", f"/{made['output']}").body == PICTURE
    assert len(ask(app, "GET", f"{PREFIX}/recent-images").body) == 10


@pytest.mark.parametrize("app", [bare.app, plain.app], ids=["bare", "starlette"])
def test_a_program_without_checks_refuses_at_a_path_of_its_own(app: ASGIApp) -> None:
    assert ask(app, "POST", f"{PREFIX}/generate-image", INVALID_ORDER).status == 200
    assert ask(app, "POST", REFUSED_PATH, INVALID_ORDER).status == 422


@pytest.mark.parametrize("order", [INVALID_ORDER, {**ORDER, "image_number_of_images": 0}, {}, [], "text", None])
def test_the_checking_program_refuses_invalid_requests(order: object) -> None:
    answer = ask(checked.app, "POST", f"{PREFIX}/generate-image", order)
    assert answer.status == 422
    assert answer.body["errors"]


def test_the_missing_field_is_named() -> None:
    assert '"size"' in ask(checked.app, "POST", f"{PREFIX}/generate-image", INVALID_ORDER).body["message"]
