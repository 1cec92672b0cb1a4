"""Who is let in: by header, by session, or where there is nothing to know."""

import pytest
from starlette.datastructures import Headers

from mock_server.control import Admission, cookie_name

TOKEN = "s3cret"


def session(admission: Admission, token: str = TOKEN) -> str:
    made = admission.session(token)
    assert made is not None
    return made


def by_cookie(value: str, **headers: str) -> Headers:
    return Headers({"cookie": f"other=1; {cookie_name(Headers(headers))}={value}; more={{}}", **headers})


def test_everybody_is_let_in_where_there_is_no_admin_token() -> None:
    admission = Admission(None)
    assert admission.admits(Headers({}))
    assert not admission.needed
    assert admission.session("anything") is None


def test_a_session_lets_in_and_does_not_tell_the_token() -> None:
    admission = Admission(TOKEN)
    made = session(admission)
    assert admission.admits(by_cookie(made))
    assert TOKEN not in made


def test_every_process_with_the_same_admin_token_knows_a_session_again() -> None:
    assert Admission(TOKEN).admits(by_cookie(session(Admission(TOKEN))))
    assert not Admission("another").admits(by_cookie(session(Admission(TOKEN))))


def test_no_two_sessions_are_the_same() -> None:
    admission = Admission(TOKEN)
    assert session(admission) != session(admission)


@pytest.mark.parametrize("token", ["", "s3cre", "s3cret ", "S3CRET", "gehéim"])
def test_a_wrong_token_opens_no_session(token: str) -> None:
    assert Admission(TOKEN).session(token) is None


def test_a_session_that_somebody_made_up_does_not_let_in() -> None:
    admission = Admission(TOKEN)
    number, _, signature = session(admission).partition(".")
    for value in (
        "",
        ".",
        TOKEN,
        number,
        f"{number}.",
        f"{number}.{signature[:-1]}",
        f"0{number[1:]}x.{signature}",
        "é.é",
    ):
        assert not admission.admits(by_cookie(value))


def test_a_wrong_header_is_not_made_up_for_by_a_session() -> None:
    admission = Admission(TOKEN)
    assert not admission.admits(by_cookie(session(admission), authorization="Bearer wrong"))


def test_a_session_has_a_name_of_its_own_at_each_port_of_a_host() -> None:
    hosts = ("localhost:8010", "localhost:8011", "localhost", "[::1]:8010", "[::1]", "mock.example:x=1;")
    names = [cookie_name(Headers({"host": host})) for host in hosts]
    assert names == [f"aiimage_mock_session{port}" for port in ("_8010", "_8011", "", "_8010", "", "")]
    admission = Admission(TOKEN)
    assert all(admission.admits(by_cookie(session(admission), host=host)) for host in hosts)


def test_a_session_of_a_token_beyond_ascii_lets_in() -> None:
    admission = Admission("geheim-é")
    assert admission.admits(by_cookie(session(admission, "geheim-é")))
