"""Writes each exchange of a run to a file as it begins and as it ends, so that a killed process leaves what it knew."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import RLock, get_ident

from msgspec import structs

from contract_tests.client.call import Call
from contract_tests.client.transport import Sent
from contract_tests.oracle import resources
from contract_tests.recordings.clock_moves import ClockMoves
from contract_tests.recordings.model import (
    MANIFEST,
    UNANSWERED,
    Manifest,
    RecordedAccount,
    RecordedExchange,
    Spent,
    write_exchange,
    write_manifest,
)
from contract_tests.recordings.sanitiser import Sanitiser
from contract_tests.recordings.stand_ins import StandIns
from contract_tests.recordings.writing import Writing
from contract_tests.runner.run import Run
from contract_tests.runner.version import suite_version

_CONTROL = "control"
_UNFINISHED = "the recording was interrupted"
_DECIMALS = 4


class Recorder:
    """Listens to the transport of a run. purpose: why the next calls are sent. Thread-safe."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder, self._run = folder, run
        self.purpose = ""
        self.count = 0
        self.failure: str | None = None
        target = run.target
        self.sanitiser = Sanitiser(run.masker, StandIns(run.settings.seed), (target.base_url, target.uploads))
        self._writing = Writing(target, self.sanitiser)
        self._moves = ClockMoves(target)
        self._began = run.transport.clock()
        self._at = datetime.now(UTC)
        self._lock = RLock()
        # The calls that wait for a reply, by thread, since a thread sends one at a time.
        self._waiting: dict[int, RecordedExchange] = {}
        self._written: tuple[int, int] | None = None
        self._open = True
        self._stopped: str | None = None
        self._audited = False

    def start(self) -> None:
        """Begin the recording. Until its end the files say that it was interrupted."""
        self._write_manifest(_UNFINISHED)
        self._run.transport.starting.append(self._start)
        self._run.transport.listeners.append(self._end)

    def finish(self, stopped: str | None = None) -> None:
        """End the recording. stopped: why it ended early."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            self._try(lambda: self._write_manifest(self.failure or stopped))

    def withdraw(self, path: Path, reason: str) -> None:
        """Remove a file that contains what must not be there, and say so in the manifest."""
        path.unlink()
        if path.name != MANIFEST:
            self._write_manifest(reason)

    def seal(self) -> None:
        """Note in the manifest that the files were audited."""
        self._audited = True
        if (self._folder / MANIFEST).exists():
            self._try(lambda: self._write_manifest(self._stopped))

    def _start(self, call: Call) -> None:
        if call.role == _CONTROL:
            return
        with self._lock:
            self.count += 1
            self._try(partial(self._begin, call))

    def _begin(self, call: Call) -> None:
        """Write a call that is about to be sent."""
        self._writing.learn(call)
        now = self._now()
        exchange = RecordedExchange(
            number=self.count,
            purpose=self.purpose,
            operation=self._writing.operation(call),
            role=call.role,
            sent=now,
            received=now,
            request=self._writing.request(call),
            error=UNANSWERED,
        )
        self._waiting[get_ident()] = exchange
        if self._open:
            self._write(exchange)
            # Numbers and these instants are in the same order, since both are given under the lock.
            self._waiting[get_ident()] = structs.replace(exchange, sent=self._now())

    def _end(self, sent: Sent) -> None:
        if sent.call.role == _CONTROL:
            self._moves.note(sent)
            return
        with self._lock:
            begun = self._waiting.pop(get_ident(), None)
            if begun is not None and self._open:
                self._try(lambda: self._write(self._ended(begun, sent)))

    def _ended(self, begun: RecordedExchange, sent: Sent) -> RecordedExchange:
        return structs.replace(
            begun,
            received=round(sent.received - self._began + self._moves.seconds, _DECIMALS),
            response=self._writing.response(sent.reply) if sent.reply else None,
            error=self._writing.error(sent.error) if sent.error else None,
        )

    def _now(self) -> float:
        """Return the seconds since the beginning and those by which the clock was moved, as if the run had waited."""
        return round(self._run.transport.clock() - self._began + self._moves.seconds, _DECIMALS)

    def _try(self, write: Callable[[], None]) -> None:
        """Write; an error stops the recording, not the run that is recorded."""
        try:
            write()
        except OSError as error:
            self.failure = self.failure or f"its files cannot be written: {error.strerror}"
        except Exception as error:  # noqa: BLE001  a fault of the suite, of which nothing of the reply may show
            self.failure = self.failure or f"a fault of the suite: {type(error).__name__}"

    def _write(self, exchange: RecordedExchange) -> None:
        # Its cost at most and its stand-ins first, since without them it would be misread.
        if self._written != self._figures():
            self._write_manifest(_UNFINISHED)
        write_exchange(self._folder, exchange)

    def _figures(self) -> tuple[int, int]:
        return self._run.budget.spent, len(self.sanitiser.stand_ins.all)

    def _write_manifest(self, stopped: str | None) -> None:
        self._written = self._figures()
        run, target, self._stopped = self._run, self._run.target, stopped
        write_manifest(
            self._folder,
            Manifest(
                suite=suite_version(),
                document=hashlib.sha256(resources.openapi("openapi.yaml").read_bytes()).hexdigest(),
                target=target.base_url,
                uploads=target.uploads,
                started_at=self._at.isoformat(timespec="seconds").replace("+00:00", "Z"),
                seed=run.settings.seed,
                accounts={
                    role: _recorded_account(role, account.figure, sandbox=account.sandbox)
                    for role, account in target.accounts.items()
                },
                credits=Spent(run.budget.spent, run.budget.cap),
                lock_scope=target.lock_scope,
                stopped=stopped,
                stand_ins=self.sanitiser.stand_ins.all,
                audited=self._audited,
            ),
        )


def _recorded_account(role: str, figure: int, *, sandbox: bool) -> RecordedAccount:
    credits_ = {"low": figure, "empty": 0}.get(role)
    return RecordedAccount(credits_, {"almost_limited": figure, "limited": 0}.get(role), sandbox)
