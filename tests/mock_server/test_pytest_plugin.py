"""The fixture, in separate runs of pytest."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.project import Project
from support.server import Server

HEAD = """
import asyncio, json, os, sys, urllib.request
import httpx, pytest

FOX = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}

def generate(world, **options):
    return httpx.post(world.base_url + "/aiimage/generate-image", json=FOX, headers=world.headers, **options)

def note(**entry):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps(entry) + "\\n")
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, HEAD)


def test_loading_the_plugin_imports_nothing_else() -> None:
    look = "import pytest, sys; before = set(sys.modules); import mock_server.pytest_plugin as plugin; "
    output = subprocess.check_output(
        [sys.executable, "-c", f"{look} print(*sorted(set(sys.modules) - before))"], text=True
    )
    assert output.split() == ["mock_server", "mock_server.pytest_plugin"]


def test_a_run_without_the_fixture_starts_nothing(tmp_path: Path) -> None:
    Project(tmp_path, HEAD, alone=True).passes("""
def test_nothing_is_loaded():
    assert not {"starlette", "uvicorn", "msgspec", "mock_server.client"} & set(sys.modules)
""")


TWO_TESTS = """
@pytest.mark.parametrize("number", [1, 2])
def test_generate(aiimage_mock, number):
    other = aiimage_mock.world()
    made = [generate(world).json()["images"][0] for world in (aiimage_mock, other)]
    note(number=number, tokens=[aiimage_mock.token, other.token], made=made)
"""


@pytest.mark.slow
def test_tokens_ids_and_titles_are_the_same_in_every_run_and_differ_between_tests(project: Project) -> None:
    first, parallel = project.passes(TWO_TESTS), project.passes(TWO_TESTS, "-n", "2")
    assert first == sorted(parallel, key=lambda each: int(each["number"]))
    assert len({token for each in first for token in each["tokens"]}) == 4
    for name in ("id", "title"):
        assert len({image[name] for each in first for image in each["made"]}) == 4


def test_a_world_ends_with_its_test_even_if_it_fails(project: Project) -> None:
    done = project.pytest("""
def worlds(mock):
    with urllib.request.urlopen(mock.base_url.replace("/api/v1", "/_mock/worlds")) as answer:
        return json.load(answer)["total"]

def test_first(aiimage_mock):
    aiimage_mock.world(), aiimage_mock.world()
    assert worlds(aiimage_mock) == 3
    assert False, "on purpose"

def test_second(aiimage_mock):
    assert worlds(aiimage_mock) == 1
""")
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "on purpose" in done.stdout


@pytest.mark.slow
def test_the_traceback_of_a_refused_call_ends_at_the_line_of_the_test(project: Project) -> None:
    output = project.pytest("""
def test_it(aiimage_mock):
    aiimage_mock.fault("nope")
""").stdout
    assert '>       aiimage_mock.fault("nope")' in output
    assert "ControlError: POST /_mock/worlds/test-" in output
    assert "client.py" not in output


@pytest.mark.slow
def test_the_traceback_of_a_verdict_ends_at_the_line_of_the_test(project: Project) -> None:
    output = project.pytest("""
def test_it(aiimage_mock):
    generate(aiimage_mock)
    aiimage_mock.assert_well_behaved()
""").stdout
    assert ">       aiimage_mock.assert_well_behaved()" in output
    assert "E       AssertionError: The client broke one rule." in output
    assert "E       CLIENT-UNFETCHED: 1 of 1 images were never fetched" in output
    assert "client.py" not in output


SCOPES = """
class TestClass:
    def test_first(self, aiimage_mock, class_aiimage_mock, module_aiimage_mock, session_aiimage_mock):
        worlds = [aiimage_mock, class_aiimage_mock, module_aiimage_mock, session_aiimage_mock]
        assert len({each.token for each in worlds}) == 4
        assert all(generate(each).status_code == 200 for each in worlds)

    def test_second(self, aiimage_mock, class_aiimage_mock, module_aiimage_mock, session_aiimage_mock):
        worlds = [aiimage_mock, class_aiimage_mock, module_aiimage_mock, session_aiimage_mock]
        assert [each.state["used_today"] for each in worlds] == [0, 1, 1, 1]

def test_third(class_aiimage_mock, module_aiimage_mock, session_aiimage_mock):
    worlds = [class_aiimage_mock, module_aiimage_mock, session_aiimage_mock]
    assert [each.state["used_today"] for each in worlds] == [0, 1, 1]
"""


@pytest.mark.slow
def test_a_world_can_last_for_a_class_a_module_or_the_session(project: Project) -> None:
    project.passes(SCOPES)


@pytest.mark.slow
def test_workers_do_not_share_the_world_of_a_session(project: Project) -> None:
    with Server() as server:
        notes = project.passes(
            """
@pytest.mark.parametrize("number", range(4))
def test_it(session_aiimage_mock, module_aiimage_mock, number, worker_id):
    note(worker=worker_id, tokens=[session_aiimage_mock.token, module_aiimage_mock.token])
    generate(session_aiimage_mock)
    assert session_aiimage_mock.state["used_today"] == len(session_aiimage_mock.requests())
""",
            "-n",
            "2",
            "--aiimage-mock-url",
            server.origin,
        )
    assert len({token for each in notes for token in each["tokens"]}) == 2 * len({each["worker"] for each in notes})


def test_clients_in_the_same_process_need_no_socket(project: Project) -> None:
    project.passes("""
def test_it(aiimage_mock):
    async def scene():
        transport = httpx.ASGITransport(aiimage_mock.app)
        async with httpx.AsyncClient(transport=transport, base_url=aiimage_mock.base_url) as client:
            reply = await client.get("/aiimage/recent-images", headers=aiimage_mock.headers)
            assert reply.json() == []

    asyncio.run(scene())
    asyncio.run(scene())
    assert len(aiimage_mock.requests()) == 2
""")


@pytest.mark.slow
def test_an_abandoned_generation_does_not_delay_the_end(project: Project) -> None:
    project.passes("""
import threading

def test_it(aiimage_mock):
    aiimage_mock.begin(generation_time=8)
    aiimage_mock.clock.freeze()
    with pytest.raises(httpx.ReadTimeout):
        generate(aiimage_mock, timeout=0.1)
    assert aiimage_mock.state["running"] == 1
""")


@pytest.mark.slow
def test_a_remote_mock_is_used_in_the_same_way(project: Project, server: Server) -> None:
    noted = project.passes(
        """
def test_it(aiimage_mock):
    note(url=aiimage_mock.base_url, seconds=aiimage_mock.state["generation_time"])
    generate(aiimage_mock)
    assert [each["status"] for each in aiimage_mock.requests()] == [200]
    with pytest.raises(RuntimeError, match="has no app: use base_url"):
        aiimage_mock.app
""",
        *("--aiimage-mock-url", f"{server.base_url}/"),
    )
    assert noted == [{"url": server.base_url, "seconds": 0}]


@pytest.mark.slow
def test_runs_against_one_mock_are_isolated_unless_they_share_a_name(project: Project, server: Server) -> None:
    elsewhere = ("--aiimage-mock-url", server.origin)
    output = [project.passes(TWO_TESTS, *elsewhere, *more) for more in ((), (), *[("--testrunuid", "night")] * 2)]
    tokens = [frozenset(token for each in noted for token in each["tokens"]) for noted in output]
    assert tokens[2] == tokens[3]
    assert len(frozenset.union(*tokens)) == 12


@pytest.mark.slow
def test_the_admin_token_is_taken_from_the_environment(project: Project) -> None:
    with Server("--admin-token", "the-admin") as guarded:
        flags = ("--aiimage-mock-url", guarded.origin)
        missing, wrong = (
            project.pytest(TWO_TESTS, *flags, **given).stdout for given in ({}, {"AIIMAGE_MOCK_ADMIN_TOKEN": "another"})
        )
        assert "requires its admin token: set AIIMAGE_MOCK_ADMIN_TOKEN." in missing
        assert "does not accept the admin token in AIIMAGE_MOCK_ADMIN_TOKEN." in wrong
        project.passes(TWO_TESTS, *flags, AIIMAGE_MOCK_ADMIN_TOKEN="the-admin")


@pytest.mark.slow
def test_a_missing_mock_is_named_by_its_address(project: Project) -> None:
    output = project.pytest(TWO_TESTS, "--aiimage-mock-url", "http://127.0.0.1:9").stdout
    assert "--aiimage-mock-url: No mock answers at http://127.0.0.1:9: " in output


@pytest.mark.slow
def test_a_mock_without_control_api_is_named(project: Project) -> None:
    with Server("--no-control") as closed:
        output = project.pytest(TWO_TESTS, "--aiimage-mock-url", closed.origin).stdout
    assert f"The mock at {closed.origin} has no control API: start it without --no-control" in output


@pytest.mark.slow
def test_another_mock_than_the_expected_one_is_refused(project: Project) -> None:
    with Server("--instance", "job-1") as server:
        flags = ("--aiimage-mock-url", server.origin)
        project.passes(TWO_TESTS, *flags, AIIMAGE_MOCK_INSTANCE="job-1")
        output = project.pytest(TWO_TESTS, *flags, AIIMAGE_MOCK_INSTANCE="job-2").stdout
    assert "another mock serves there: its instance is job-1, not job-2." in output


def test_an_invalid_url_is_a_usage_error(project: Project) -> None:
    done = project.pytest(TWO_TESTS, "--aiimage-mock-url", "127.0.0.1:8010")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--aiimage-mock-url: '127.0.0.1:8010' is not a URL; example: http://127.0.0.1:8010" in done.stdout


PROFILE = """
lock_release: expiry
generation_seconds: {flux-pro: 4}
measured:
  at: 2026-11-29
  target: https://api.example
  expires: 2027-02-27
  values:
    lock_release: {samples: 2, exchanges: [1, 2]}
    generation_seconds: {samples: 3, exchanges: [1, 2, 3]}
"""
DURATIONS = """
from concurrent.futures import ThreadPoolExecutor

def test_the_duration_of_an_engine(aiimage_mock):
    aiimage_mock.begin(generation_time=None)
    aiimage_mock.clock.freeze()
    with ThreadPoolExecutor() as pool:
        reply = pool.submit(generate, aiimage_mock)
        while not reply.done() and not aiimage_mock.state["running"]:
            pass
        assert not reply.done()
        aiimage_mock.clock.advance(4)
        assert reply.result().status_code == 200
    assert aiimage_mock.state["lock"]

def test_another_engine_takes_no_time(aiimage_mock, monkeypatch):
    aiimage_mock.change(generation_time=None)
    aiimage_mock.clock.freeze()
    monkeypatch.setitem(FOX, "image_generator", "flux-pro-kontext")
    assert generate(aiimage_mock).status_code == 200

def test_generations_take_no_time_unless_asked(aiimage_mock):
    aiimage_mock.clock.freeze()
    assert generate(aiimage_mock).status_code == 200
"""


@pytest.mark.slow
def test_the_session_can_have_the_behaviour_and_the_durations_of_a_profile(project: Project, tmp_path: Path) -> None:
    (tmp_path / "profile.yaml").write_text(PROFILE)
    project.passes(DURATIONS, "--aiimage-mock-behaviour", str(tmp_path / "profile.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--aiimage-mock-behaviour", "strct"], "unknown behaviour strct; did you mean strict?"),
        (["--aiimage-mock-behaviour", "no.yaml"], "no.yaml cannot be read: No such file or directory"),
        (
            ["--aiimage-mock-behaviour", "strict", "--aiimage-mock-url", "http://127.0.0.1:9"],
            "the mock at --aiimage-mock-url has its own behaviour",
        ),
    ],
)
def test_a_wrong_behaviour_is_a_sentence(project: Project, flags: list[str], sentence: str) -> None:
    done = project.pytest(TWO_TESTS, *flags)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert f"--aiimage-mock-behaviour: {sentence}" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.slow
def test_the_option_and_the_fixture_are_described_in_the_help(project: Project) -> None:
    assert "use the mock at URL instead of starting one" in project.pytest("", "--help").stdout
    assert "A world of the mock for this test alone." in project.pytest("", "--fixtures").stdout
