"""Profiles: values with evidence are taken, all others are refused by a sentence."""

import copy
import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import rules
from mock_server.behaviours import read_behaviour, read_changes
from mock_server.cli import main
from mock_server.configuration import ConfigurationError
from mock_server.decoding import DecodingError
from mock_server.domain.clock import from_iso
from mock_server.profiles import Profile, make_profile, warn_of_age
from support.mock import Start, behaviour, settings

EXCHANGES = [3, 4, 5]
EVIDENCE = {"samples": 3, "interval": None, "credits": 1, "exchanges": EXCHANGES}
MEASURED: dict[str, Any] = {
    "at": "2026-11-29T17:00:00Z",
    "target": "https://api.example/api/v1",
    "expires": "2027-02-27T17:00:00Z",
    "suite": "1.2.3",
    "seed": 7,
    "credits": 4,
    "values": {
        "lock_release": EVIDENCE,
        "generation_seconds": {
            "samples": 4,
            "interval": [1.2, 1.9],
            "quantiles": {"dall-e": {"p50": 1.5, "p90": 1.9, "n": 3}},
            "credits": 0,
            "at": "2026-11-29T16:00:00Z",
            "exchanges": [7, 9],
        },
    },
    "open": {"lock_scope": {"readings": ["account", "global"], "needs": "a secondary account"}},
}
CONTENT = {"lock_release": "expiry", "generation_seconds": {"dall-e": 1.5}, "measured": MEASURED}


def changed(*path: str, value: Any) -> dict[str, Any]:
    """Return the content of the file with another value at a place; ... removes it."""
    content = copy.deepcopy(CONTENT)
    node: Any = content
    for step in path[:-1]:
        node = node[step]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return content


def write(folder: Path, content: Any) -> Path:
    path = folder / "profile.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return path


def profile(folder: Path, content: Any) -> Profile:
    found = read_changes(write(folder, content), rules())[1]
    assert found
    return found


def test_a_profile_sets_its_values_and_has_their_evidence(tmp_path: Path) -> None:
    path = write(tmp_path, CONTENT)
    assert read_behaviour(path, rules()) == behaviour(lock_release="expiry", generation_seconds={"dall-e": 1.5})
    view = profile(tmp_path, CONTENT).view(from_iso("2026-12-01T00:00:00Z"))
    assert set(view) == {"lock_release", "generation_seconds"}
    assert view["lock_release"] == {
        **EVIDENCE,
        "quantiles": None,
        "unmeasured": [],
        "at": "2026-11-29T17:00:00Z",
        "target": "https://api.example/api/v1",
        "expires": "2027-02-27T17:00:00Z",
        "expired": False,
    }
    assert view["generation_seconds"]["at"] == "2026-11-29T16:00:00Z"
    assert view["generation_seconds"]["quantiles"] == {"dall-e": {"p50": 1.5, "p90": 1.9, "n": 3}}


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2027-02-27T17:00:00Z", "2027-02-27T17:00:00Z"),
        ("'2027-02-27T17:00:00Z'", "2027-02-27T17:00:00Z"),
        ("2027-02-27T18:00:00+01:00", "2027-02-27T17:00:00Z"),
        ("2027-02-27 17:00:00", "2027-02-27T17:00:00Z"),
        ("2027-02-27", "2027-02-27T00:00:00Z"),
        ("'2027-02-27'", "2027-02-27T00:00:00Z"),
    ],
)
def test_a_date_may_be_written_as_yaml_or_as_text(tmp_path: Path, written: str, instant: str) -> None:
    text = yaml.safe_dump(changed("measured", "expires", value="EXPIRES")).replace("EXPIRES", written)
    assert profile(tmp_path, text).expires == from_iso(instant)


VALUES = ("measured", "values")
REMEDY = "remove the value, or measure it again with aiimage-conform calibrate\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            changed("lock_scope", value="global"),
            f"lock_scope has no evidence in measured.values: {REMEDY}",
        ),
        (
            changed(*VALUES, "lock_release", "samples", value=1),
            f"lock_release rests on 1 sample, fewer than 2: {REMEDY}",
        ),
        (changed(*VALUES, "lock_release", "samples", value=0), "lock_release rests on 0 samples, fewer than 2"),
        (
            changed(*VALUES, "lock_release", "exchanges", value=3),
            "measured.values.lock_release.exchanges takes a list of numbers of exchanges, not 3",
        ),
        (
            changed(*VALUES, "lock_release", "exchanges", value=[]),
            "lock_release rests on no exchange: remove the value",
        ),
        (
            changed("lock_release", value=...),
            "measured.values.lock_release: the file does not set lock_release; remove the evidence, or add",
        ),
        (
            changed(*VALUES, "lock_releas", value=EVIDENCE),
            "measured.values.lock_releas: unknown setting; did you mean lock_release?",
        ),
        (changed("measured", "expire", value=1), "measured.expire: unknown key; did you mean expires?"),
        (
            changed("measured", "expires", value=...),
            "measured.expires is missing; it takes a date or an instant, such as",
        ),
        (
            changed("measured", "expires", value="soon"),
            "measured.expires takes a date or an instant, such as 2026-11-29",
        ),
        (changed("measured", "at", value=20261129), "measured.at takes a date or an instant"),
        (changed("measured", "at", value="0001-01-01T00:00:00Z"), "measured.at takes a date or an instant"),
        (changed("measured", "target", value=...), "measured.target is missing; it takes a text"),
        (changed("measured", "values", value=...), "measured.values is missing; it takes an object"),
        (changed("measured", "values", value=[1]), "measured.values takes an object, not [1]"),
        (changed("measured", value=None), "measured takes an object with at, target, expires, values"),
        (
            changed(*VALUES, "lock_release", "sample", value=3),
            "measured.values.lock_release.sample: unknown key; did you mean samples?",
        ),
        (
            changed(*VALUES, "lock_release", "samples", value="many"),
            'measured.values.lock_release.samples takes an integer from 0, not "many"',
        ),
        (
            changed(*VALUES, "lock_release", "interval", value=[1]),
            "measured.values.lock_release.interval takes a list of two values, least and most or null, not [1]",
        ),
        (
            changed(*VALUES, "lock_release", "at", value="late"),
            "measured.values.lock_release.at takes a date or an instant",
        ),
        (
            changed("measured", "open", "lock_scope", "reading", value=[]),
            "measured.open.lock_scope.reading: unknown key; did you mean readings?",
        ),
        (changed("lock_release", value="never"), "lock_release takes one of completion, expiry, not 'never'"),
        ({**CONTENT, "mesured": 1}, "unknown setting mesured; did you mean measured?"),
        ("measured:\n  at: 1\n  at: 2\n", "duplicate key at"),
    ],
)
def test_a_profile_is_refused_by_a_sentence_that_names_file_key_and_remedy(
    tmp_path: Path, content: Any, message: str
) -> None:
    path = write(tmp_path, content)
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--behaviour", str(path)])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert result.output.startswith(f"Error: --behaviour: {path}")
    assert message in result.output


KEYS = st.sampled_from(
    ["measured", "values", "lock_release", "samples", "exchanges", "at", "expires", "target", "open"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.datetimes()
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | SCALARS, inner, max_size=3),
    max_leaves=9,
)
PLACES = st.lists(st.sampled_from([*MEASURED, *EVIDENCE, *CONTENT]), min_size=1, max_size=4)


@given(PLACES, ANYTHING)
def test_any_content_is_a_profile_or_a_sentence(places: list[str], value: Any) -> None:
    content = copy.deepcopy(MEASURED)
    node: Any = content
    for place in places[:-1]:
        node = node[place] if isinstance(node, dict) and isinstance(node.get(place), dict) else node
    node[places[-1]] = value
    check(content)
    check(value)


def check(measured: Any) -> None:
    sentence = refusal(
        lambda: make_profile(measured, "a.yaml", ["lock_release", "generation_seconds"], rules().settings)
    )
    assert sentence is None or (sentence.strip() and "\n" not in sentence)


def refusal(read: Callable[[], object]) -> str | None:
    try:
        read()
    except (DecodingError, ConfigurationError) as error:
        return str(error)
    return None


@given(st.text(alphabet="measurdvl:- {}[],&*!|>'\"#\n\t1%@?~", max_size=60) | st.binary(max_size=40))
def test_any_file_is_a_behaviour_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: str | bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    sentence = refusal(lambda: read_changes(path, rules()))
    assert sentence is None or (sentence.startswith(str(path)) and "\n" not in sentence)


@pytest.mark.parametrize(
    "text",
    [
        "measured: &a {at: *a}",
        "measured: &a [*a]",
        "measured: {values: {lock_release: &b {samples: *b}}}",
        "measured: {? [1, 2] : 3}",
        "measured: !!binary aGVsbG8=",
        "measured: !!set {a, b}",
        "&a [*a]: 1",
        "lock_release: &a [*a]\nmeasured: {}",
    ],
)
def test_odd_yaml_is_refused_by_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"profile\.yaml"):
        read_changes(write(tmp_path, text), rules())


def test_an_old_profile_is_used_and_warned_of_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old = profile(tmp_path, CONTENT)
    with caplog.at_level(logging.WARNING):
        warn_of_age(old, old.expires - 1)
        assert caplog.messages == []
        warn_of_age(old, old.expires)
    renewal = f"aiimage-conform calibrate --target FILE --out {tmp_path}/profile.yaml"
    assert caplog.messages == [f"{tmp_path}/profile.yaml expired on 2027-02-27T17:00:00Z; renew it: {renewal}"]


def test_the_control_api_shows_the_evidence_of_a_profile_and_its_age(tmp_path: Path, start: Start) -> None:
    """The clock of the mock begins at 2026-02-26."""
    for expires, expired in (("2026-02-01", True), ("2026-03-01", False)):
        changes, old = read_changes(write(tmp_path, changed("measured", "expires", value=expires)), rules())
        mock = start(settings(behaves=behaviour(**changes), profile=old))
        shown = {each["name"]: each for each in mock.call("GET", "/_mock/behaviour", None).json()}
        assert (shown["lock_release"]["value"], shown["lock_release"]["source"]) == ("expiry", "measured")
        assert shown["lock_release"]["evidence"]["exchanges"] == EXCHANGES
        assert shown["lock_release"]["evidence"]["expired"] is expired
        assert [name for name, each in shown.items() if "evidence" in each] == ["lock_release", "generation_seconds"]
        assert shown["lock_scope"]["source"] == "inferred"


def test_a_profile_reaches_other_workers(tmp_path: Path) -> None:
    """They are started by pickling the settings."""
    given = profile(tmp_path, CONTENT)
    assert pickle.loads(pickle.dumps(given)) == given


def test_the_command_lists_what_was_measured(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["behaviours", str(write(tmp_path, CONTENT))])
    assert result.output.splitlines()[1:] == [
        "  generation_seconds: dall-e 1.5  (default none; LOCK-RELEASE, assumed; measured with 4 samples)",
        "  lock_release: expiry  (default completion; LOCK-RELEASE, inferred; measured with 3 samples)",
    ]
