"""Generated histories with the engines of the document."""

import subprocess
import sys

from mock_server.app import contract
from mock_server.domain.history import History
from mock_server.history import make_inventor
from support.mock import Mock, behaviour

SIZE = History(40, 3)


def test_the_same_world_and_seed_have_the_same_history() -> None:
    past = make_inventor(contract(), behaviour(), 1)("one", SIZE)
    assert past == make_inventor(contract(), behaviour(), 1)("one", SIZE)
    assert past != make_inventor(contract(), behaviour(), 2)("one", SIZE)
    assert past != make_inventor(contract(), behaviour(), 1)("other", SIZE)


def test_engines_are_mixed_and_prompts_are_in_several_scripts() -> None:
    past = make_inventor(contract(), behaviour(), 0)("one", SIZE)
    assert {each.engine for each in past} > {"dall-e", "stablediffusion", "ideogram"}
    assert any(each.prompt.isascii() for each in past)
    letters = "".join(each.prompt for each in past)
    for first, last in ("\u0600\u06ff", "\u0900\u097f", "\u3040\u9fff"):
        assert any(first <= letter <= last for letter in letters)


def test_the_ready_made_account_has_more_images_than_recent_images_lists(mock: Mock) -> None:
    first, second = (mock.call("GET", "/api/v1/aiimage/recent-images", "demo-history").json() for _ in range(2))
    assert first == second
    assert len(first) == 10
    for image in first:
        picture = mock.call("GET", f"/{image['output']}", None)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert mock.call("GET", "/_mock/worlds/demo-history", None).json()["images"] == 25


def test_one_call_adds_a_history_to_a_world(mock: Mock) -> None:
    changed = mock.call("PATCH", "/_mock/worlds/me", None, json={"history": {"images": 7, "days": 2}}).json()
    assert changed["images"] == 7
    assert len(mock.call("GET", "/api/v1/aiimage/recent-images", "me").json()) == 7


def test_faker_is_imported_only_for_a_history() -> None:
    code = "import sys, mock_server.cli, mock_server.app, mock_server.serving; print('faker' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
