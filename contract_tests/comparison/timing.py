"""Whether a reissue is slower than the recording, by the recording's own durations: a note, never a change alone."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from contract_tests.comparison.difference import Pair
from contract_tests.comparison.facts import served
from contract_tests.comparison.requests import parameters
from contract_tests.oracle.engines import engine_field

_FACTOR = 3.0
_MARGIN_SECONDS = 1.0


def slower(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield each kind of call of which the median took longer than three times the recorded maximum."""
    kinds = defaultdict[Hashable, list[Pair]](list)
    for pair in pairs:
        kinds[_kind(pair)].append(pair)
    for kind, those in kinds.items():
        most = max(pair.recorded.received - pair.recorded.sent for pair in those)
        durations = sorted(pair.reissued.received - pair.reissued.sent for pair in those)
        median = durations[len(durations) // 2]
        if median > _FACTOR * most + _MARGIN_SECONDS:
            yield f"{kind} took {median:.1f} s, and {most:.1f} s at most in the recording"


def _kind(pair: Pair) -> str:
    name = pair.recorded.operation or "another path"
    engine = parameters(pair.recorded.request).get(engine_field()) if served(pair.recorded) else None
    return f"{name} by {engine}" if engine else name
