"""Runs against small servers that are wrong in one way each."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contract_tests.runner.cli import main
from support.conformance import TOKEN

Answer = Callable[[str, str, str], tuple[int, Any]]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server on a free port; `answer` gets method, path and the Authorization header."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            status, body = answer(self.command, self.path, self.headers.get("authorization", ""))
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _reply  # noqa: N815  names that the base class calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's signature
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


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
    """What an API without images answers; nothing can be generated there."""
    if authorization != f"Bearer {TOKEN}":
        return 401, {"message": "Unauthenticated."}
    replies = {
        "check-availability": (200, {"status": "success", "message": "Image generation is available."}),
        "versions": (200, {"dall-e": "dalle3"}),
        "recent-images": (200, []),
    }
    return replies.get(path.rpartition("/")[2], (404, {"message": f"{method} is not known."}))


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
def test_what_is_no_such_api_is_not_examined(serve: Serve, tmp_path: Path, answer: Answer, sentence: str) -> None:
    result, report = conform(serve(answer), tmp_path)
    assert result.exit_code == 3
    assert sentence in result.output
    assert (report["verdict"], report["requests"]) == ("incomplete", 3)
    assert {entry["verdict"] for entry in report["rules"]} <= {"could_not_look", "skipped"}


def test_nobody_there(tmp_path: Path) -> None:
    with serving(free_answers) as origin:
        pass
    result, report = conform(origin, tmp_path)
    assert result.exit_code == 3
    assert "cannot be reached" in result.output
    assert report["stopped"]


def test_the_free_rules_of_a_right_answer_hold(serve: Serve, tmp_path: Path) -> None:
    result, report = conform(serve(free_answers), tmp_path, "--only", "AUTH-401,VERSIONS")
    assert result.exit_code == 0
    assert (verdict(report, "AUTH-401"), verdict(report, "VERSIONS")) == ("held", "held")
    assert report["seed"] == 1
    assert result.output.startswith("Seed 1\n")


def test_a_documented_rule_that_is_broken_fails_the_run(serve: Serve, tmp_path: Path) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        return free_answers(method, path, f"Bearer {TOKEN}")

    result, report = conform(serve(answer), tmp_path, "--profile", "free")
    assert result.exit_code == 1
    assert verdict(report, "AUTH") == "violated"
    assert "VIOLATES the documentation" in result.output


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 1)])
def test_an_assumption_that_differs_fails_a_strict_run_only(
    serve: Serve, tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        code, body = free_answers(method, path, authorization)
        return (403, body) if code == 401 else (code, body)

    result, report = conform(serve(answer), tmp_path, "--only", "VERSIONS,AUTH-401", *arguments)
    assert result.exit_code == status
    assert verdict(report, "AUTH-401") == "differs"


def test_a_token_that_is_echoed_is_in_no_artefact(serve: Serve, tmp_path: Path) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        code, body = free_answers(method, path, authorization)
        return code, {"echo": authorization} if path.endswith("versions") else body

    result, report = conform(serve(answer), tmp_path, "--only", "SHAPE,VERSIONS,AUTH-401", "--profile", "free")
    assert verdict(report, "AUTH-401") == "differs"
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "reports").iterdir())
    assert TOKEN not in written + result.output


def test_a_server_that_says_nothing_useful_is_never_green(serve: Serve, tmp_path: Path) -> None:
    def answer(method: str, path: str, authorization: str) -> tuple[int, Any]:
        code, body = free_answers(method, path, authorization)
        return (code, body) if method == "GET" else (409, {"message": "wait"})

    result, report = conform(serve(answer), tmp_path, "--only", "I2I-SRC")
    assert result.exit_code == 3
    assert verdict(report, "I2I-SRC") == "could_not_look"
    assert report["credits"] == {"spent": 0, "cap": 40}
