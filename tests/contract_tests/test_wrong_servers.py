"""Runs against small servers that break one rule each."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contract_tests.runner.cli import main
from support.conformance import TOKEN
from support.listening import Handler, listening

Answer = Callable[[str, str, str], tuple[int, Any]]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Serve on a free port; `answer` gets method, path and the Authorization header. Yield the origin."""

    class Answering(Handler):
        def answer(self) -> None:
            self.read()
            status, body = answer(self.command, self.path, self.headers.get("authorization", ""))
            if isinstance(body, str):
                self.send(status, body.encode(), Content_Type="text/html")
            else:
                self.send_json(status, body)

    with listening(Answering) as host:
        yield f"http://{host}"


Serve = Callable[[Answer], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(serving(answer))


def conform(origin: str, folder: Path, *arguments: str) -> tuple[Result, dict[str, Any]]:
    target = folder / "target.yaml"
    target.write_text(
        f"base_url: {origin}/api/v1\n"
        f"accounts: {{primary: {{token: {TOKEN}}}}}\n"
        "budget: {requests_per_second: 1000}\n",
        encoding="utf-8",
    )
    reports = folder / "reports"
    options = ["--target", str(target), "--report", str(reports), "--seed", "1", *arguments]
    result = CliRunner().invoke(main, ["run", *options])
    report: dict[str, Any] = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    return result, report


def verdict(report: dict[str, Any], rule: str) -> str:
    return str(next(entry["verdict"] for entry in report["rules"] if entry["id"] == rule))


def free_answers(method: str, path: str, authorization: str) -> tuple[int, Any]:
    """Return the reply of an API without images; it cannot generate any."""
    if authorization != f"Bearer {TOKEN}":
        return 401, {"message": "Unauthenticated."}
    replies = {
        "check-availability": (200, {"status": "success", "message": "Image generation is available."}),
        "versions": (200, {"dall-e": "dalle3"}),
        "recent-images": (200, []),
    }
    return replies.get(path.rpartition("/")[2], (404, {"message": f"{method} is not supported."}))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda *_: (404, "<h1>Not found</h1>"), "does not answer like the AI Image API"),
        (lambda *_: (404, {"message": "x"}), "does not answer like the AI Image API"),
        (lambda *_: (200, "<h1>It works!</h1>"), "does not answer like the AI Image API"),
        (lambda *_: (500, {}), "does not answer like the AI Image API"),
        (lambda *_: (401, {"message": "Unauthenticated."}), "refuses the token of the account primary"),
    ],
)
def test_another_api_is_not_examined(serve: Serve, tmp_path: Path, answer: Answer, sentence: str) -> None:
    result, report = conform(serve(answer), tmp_path)
    assert result.exit_code == 3
    assert sentence in result.output
    assert (report["verdict"], report["requests"]) == ("incomplete", 3)
    assert {entry["verdict"] for entry in report["rules"]} <= {"inconclusive", "skipped"}


def test_an_unreachable_server_is_not_examined(tmp_path: Path) -> None:
    with serving(free_answers) as origin:
        pass
    result, report = conform(origin, tmp_path)
    assert result.exit_code == 3
    sentence = f"Nothing answers at {origin}: start the mock with make serve or aiimage-mock serve."
    assert result.output.count(sentence) == 1
    assert "ConnectError" not in result.output
    assert report["stopped"]


def test_a_run_that_cannot_begin_keeps_the_earlier_reports(tmp_path: Path) -> None:
    with serving(free_answers) as origin:
        _, report = conform(origin, tmp_path, "--only", "VERSIONS")
    result, kept = conform(origin, tmp_path)
    assert kept == report
    assert "are those of an earlier run." in result.output
    assert "report.html" not in result.output


def test_the_free_rules_pass_on_a_conforming_server(serve: Serve, tmp_path: Path) -> None:
    result, report = conform(serve(free_answers), tmp_path, "--only", "AUTH-401,VERSIONS")
    assert result.exit_code == 0
    assert (verdict(report, "AUTH-401"), verdict(report, "VERSIONS")) == ("passed", "passed")
    assert report["seed"] == 1
    assert result.output.startswith("Seed 1\n")


def test_a_violation_of_a_documented_rule_fails_the_run(serve: Serve, tmp_path: Path) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        return free_answers(method, path, f"Bearer {TOKEN}")

    result, report = conform(serve(answer), tmp_path, "--profile", "free")
    assert result.exit_code == 1
    assert verdict(report, "AUTH") == "violated"
    assert "VIOLATES the documentation" in result.output


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 1)])
def test_a_difference_from_an_assumption_fails_a_strict_run_only(
    serve: Serve, tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        code, body = free_answers(method, path, authorization)
        return (403, body) if code == 401 else (code, body)

    result, report = conform(serve(answer), tmp_path, "--only", "VERSIONS,AUTH-401", *arguments)
    assert result.exit_code == status
    assert verdict(report, "AUTH-401") == "differs"


def test_no_artefact_has_an_echoed_token(serve: Serve, tmp_path: Path) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        code, body = free_answers(method, path, authorization)
        return code, {"echo": authorization} if path.endswith("versions") else body

    result, report = conform(serve(answer), tmp_path, "--only", "SHAPE,VERSIONS,AUTH-401", "--profile", "free")
    assert verdict(report, "AUTH-401") == "differs"
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "reports").iterdir())
    assert TOKEN not in written + result.output


def test_a_server_that_refuses_every_generation_never_passes(serve: Serve, tmp_path: Path) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        code, body = free_answers(method, path, authorization)
        return (code, body) if method == "GET" else (409, {"message": "wait"})

    result, report = conform(serve(answer), tmp_path, "--only", "I2I-SRC")
    assert result.exit_code == 3
    assert verdict(report, "I2I-SRC") == "inconclusive"
    assert report["credits"] == {"spent": 0, "cap": 40}
