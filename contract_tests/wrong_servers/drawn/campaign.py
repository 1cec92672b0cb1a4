"""Many drawn servers: the runs in parallel, the smallest draw for each accusation, and the summary."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from contract_tests.oracle.resources import load_rules
from contract_tests.wrong_servers.catalogue import Mode
from contract_tests.wrong_servers.drawn.drawing import Draw, draw, smallest
from contract_tests.wrong_servers.drawn.freedoms import all_freedoms
from contract_tests.wrong_servers.drawn.stability import Unsteady, unsteady
from contract_tests.wrong_servers.drawn.trials import Case, Result, cases, run_case
from contract_tests.wrong_servers.pool import Pool, trial_pool

_WIDTH = 150


@dataclass(frozen=True)
class Examined:
    """A case with its result. smallest: the reduced draw for each kind of complaint."""

    case: Case
    result: Result

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(kind_of, self.result.complaints)))


@dataclass(frozen=True)
class Reduced:
    """The smallest draw found that still gets a complaint of a kind."""

    kind: str
    case: Case
    complaint: str

    def explains(self, kind: str, case: Case) -> bool:
        """Return whether the draw of a case contains this one, and the complaint is of the same kind."""
        return kind == self.kind and self.case.drawn.ways.items() <= case.drawn.ways.items()


def kind_of(complaint: str) -> str:
    """Return the kind of a complaint, a violation and its rule for example."""
    return complaint.partition(":")[0] if not complaint.startswith("money") else "money"


def plan(number: int, first_seed: int, suite_seeds: int, modes: Sequence[Mode], *, whole: bool) -> list[Case]:
    """Return a case of each draw, all four with `whole`, for each seed of the suite; a single one is that of the draw.

    The seed of a draw selects its case, so that many draws have as many of each kind.
    """
    planned = []
    for seed in range(first_seed, first_seed + number):
        each = list(cases(draw(seed), seed, modes))
        planned += each if whole else each[:1]
    if suite_seeds == 1:
        return planned
    return [replace(case, suite_seed=seed) for case in planned for seed in range(1, suite_seeds + 1)]


def examine_all(planned: list[Case], workers: int, report: Path | None) -> int:
    """Examine all cases and print the results.

    Return the exit status: 1 if a server was accused or its verdicts depend on the suite's seed, 3 if interrupted.
    """
    examined: list[Examined] = []
    reduced: list[Reduced] = []
    try:
        with trial_pool(workers) as pool:
            examined.extend(_examine(pool, planned))
            reduced.extend(_reduce(pool, examined))
    except BrokenProcessPool as error:
        raise click.ClickException(f"The selftest stopped: {error}") from None
    except KeyboardInterrupt:
        click.echo(f"Interrupted after {len(examined)} of {len(planned)} runs.", err=True)
        return 3
    changing = list(unsteady((one.case, one.result) for one in examined))
    for line in (*summary(examined, reduced), *_instability(changing)):
        click.echo(line)
    if report:
        report.write_text(json.dumps(as_data(examined, reduced), indent=1), encoding="utf-8")
    return 1 if reduced or changing else 0


def _examine(pool: Pool, planned: list[Case]) -> Iterator[Examined]:
    running = {pool.submit(run_case, case): case for case in planned}
    for done, future in enumerate(as_completed(running), 1):
        one = Examined(running[future], future.result())
        mark = "NOT" if one.result.complaints else "ok "
        click.echo(f"[{done:4}/{len(planned)}] {mark} {one.case!s:38} {one.result.seconds:4.0f} s  ", nl=False)
        click.echo(f"{one.result.decided:2} documented rules decided, {one.result.spent:2} credits")
        for complaint in one.result.complaints:
            click.echo(f"      {complaint}"[:_WIDTH])
        yield one


def _reduce(pool: Pool, examined: list[Examined]) -> Iterator[Reduced]:
    """Yield the smallest draws; a case that contains one of them needs no reduction of its own."""
    accused = [(kind, one.case) for one in examined for kind in one.kinds]
    accused.sort(key=lambda each: len(each[1].drawn.ways))
    found: list[Reduced] = []
    while accused := [each for each in accused if not any(known.explains(*each) for known in found)]:
        batch = dict(reversed(accused))
        futures: list[Future[Reduced]] = [pool.submit(_smallest, kind, case) for kind, case in batch.items()]
        for future in futures:
            found.append(future.result())
            click.echo(f"Smallest for {found[-1].kind}: {found[-1].case.drawn}"[: 2 * _WIDTH])
            yield found[-1]
        accused = [each for each in accused if each not in batch.items()]


def _smallest(kind: str, case: Case) -> Reduced:
    # The tests of one rule are quicker, unless the complaint needs those of others before.
    for only in dict.fromkeys((_rule(kind), ())):
        repeated = replace(case, only=only)
        if complaint := _complaint(kind, repeated):
            drawn = smallest(case.drawn, partial(_accused, kind, repeated))
            return Reduced(kind, replace(case, drawn=drawn), complaint)
    return Reduced(kind, case, "not repeated")


def _accused(kind: str, case: Case, drawn: Draw) -> bool:
    return bool(_complaint(kind, replace(case, drawn=drawn)))


def _rule(kind: str) -> tuple[str, ...]:
    _, _, rule = kind.partition(" ")
    return (rule,) if rule in load_rules() else ()


def _complaint(kind: str, case: Case) -> str:
    """Return the complaint of a kind that a case gets, empty if it gets none."""
    return next((each for each in run_case(case).complaints if kind_of(each) == kind), "")


def summary(examined: list[Examined], reduced: list[Reduced]) -> Iterator[str]:
    """Yield how often each way was drawn, what was missed, and every accusation with its smallest draw."""
    yield from _coverage({one.case.seed: one.case.drawn for one in examined}.values())
    if notes := Counter(note for one in examined for note in one.result.notes):
        yield "\nPassed although the server differs:"
        yield from (f"  {rule}: {times} runs" for rule, times in notes.most_common())
    decided = [one.result.decided for one in examined]
    yield f"\n{len(examined)} runs; {sum(decided) / max(1, len(decided)):.1f} documented rules decided on average."
    yield f"{sum(bool(one.result.complaints) for one in examined)} runs accused a conforming server."
    for each in reduced:
        yield f"\n{each.kind} ({each.case})\n  {each.complaint}\n  smallest draw: {each.case.drawn}"


def _instability(changing: list[Unsteady]) -> Iterator[str]:
    if changing:
        yield f"\n{len(changing)} verdicts depend on the seed of the suite:"
        yield from (f"  {each}" for each in changing)


def _coverage(draws: Iterable[Draw]) -> Iterator[str]:
    counts = Counter((name, way.name) for drawn in draws for name, way in drawn.ways.items())
    yield "\nWays that were drawn:"
    for name, freedom in all_freedoms().items():
        ways = ", ".join(f"{way.name} {counts[name, way.name]}" for way in freedom.ways[1:])
        yield f"  {name}: {ways}"


def as_data(examined: list[Examined], reduced: list[Reduced]) -> dict[str, Any]:
    """Return all results for a JSON file."""
    return {
        "runs": [{**_case(one.case), **asdict(one.result)} for one in examined],
        "accusations": [{"kind": each.kind, **_case(each.case), "complaint": each.complaint} for each in reduced],
    }


def _case(case: Case) -> dict[str, Any]:
    ways = {name: way.name for name, way in case.drawn.ways.items()}
    return {
        "seed": case.seed,
        "suite_seed": case.suite_seed,
        "mode": case.mode,
        "roles": list(case.roles),
        "ways": ways,
    }
