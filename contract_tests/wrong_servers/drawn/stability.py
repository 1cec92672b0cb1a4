"""Whether the verdicts on a drawn server depend on the seed of the suite, which draws only its random requests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from contract_tests.wrong_servers.drawn.trials import Case, Result


@dataclass(frozen=True)
class Unsteady:
    """A rule that got more than one verdict on the same server, with the seeds of each."""

    case: Case
    rule: str
    seeds: Mapping[str, tuple[int, ...]]

    def __str__(self) -> str:
        verdicts = ", ".join(f"{verdict} with {_listed(seeds)}" for verdict, seeds in self.seeds.items())
        return f"{self.case}: {self.rule} {verdicts}"


def unsteady(results: Iterable[tuple[Case, Result]]) -> Iterator[Unsteady]:
    """Yield every rule whose verdict depends on the seed of the suite."""
    by_server: dict[str, list[tuple[Case, Result]]] = defaultdict(list)
    for case, result in results:
        by_server[str(case)].append((case, result))
    for same in by_server.values():
        runs = [(case.suite_seed, result.verdicts) for case, result in same]
        for rule in sorted({rule for _, verdicts in runs for rule in verdicts}):
            seeds = _seeds(rule, runs)
            if len(seeds) > 1:
                yield Unsteady(same[0][0], rule, seeds)


def _seeds(rule: str, runs: Iterable[tuple[int, Mapping[str, str]]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for seed, verdicts in sorted(runs, key=lambda run: run[0]):
        verdict = verdicts.get(rule, "skipped")
        found[verdict] = (*found.get(verdict, ()), seed)
    return dict(sorted(found.items(), key=lambda each: len(each[1]), reverse=True))


def _listed(seeds: tuple[int, ...]) -> str:
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"
