"""Metrics in the format of Prometheus: those of the process that answers, and what it sees of the state."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from mock_server import __version__
from mock_server.domain.clock import SECOND
from mock_server.service import Service
from mock_server.service.counts import BOUNDS_SECONDS, RequestCounts

from .worlds import world_names

_PREFIX = "aiimage_mock_"


async def metrics(service: Service) -> Response:
    """Return all metrics."""
    registry = CollectorRegistry()
    registry.register(_Collected([*_of_requests(service.counts), *await _of_state(service)]))
    ProcessCollector(registry=registry)
    return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})


class _Collected:
    """A collector of metrics that are known already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _of_requests(counts: RequestCounts) -> Iterator[Metric]:
    requests = CounterMetricFamily(f"{_PREFIX}requests", "Answered requests.", labels=["operation", "status"])
    for (operation, status), number in counts.requests().items():
        requests.add_metric([operation, str(status or "none")], number)
    yield requests
    refusals = CounterMetricFamily(f"{_PREFIX}refusals", "Refused requests.", labels=["rule"])
    for rule, number in counts.refusals().items():
        refusals.add_metric([rule], number)
    yield refusals
    yield CounterMetricFamily(f"{_PREFIX}images", "Generated images.", value=counts.images)
    durations = HistogramMetricFamily(
        f"{_PREFIX}request_duration_seconds", "Time until a reply is ready.", labels=["operation"]
    )
    for operation, took in counts.durations().items():
        bounds = [*map(str, map(float, BOUNDS_SECONDS)), "+Inf"]
        durations.add_metric([operation], list(zip(bounds, accumulate(took.buckets), strict=True)), took.total / SECOND)
    yield durations


async def _of_state(service: Service) -> Sequence[Metric]:
    labels = {"version": __version__, "instance": service.instance, "state": service.store.kind}
    info = GaugeMetricFamily(f"{_PREFIX}info", "The mock.", labels=list(labels))
    info.add_metric(list(labels.values()), 1)
    worlds, entries = len(await world_names(service)), len(await service.journal.entries())
    waiting = service.scheduler.waiting
    return (
        info,
        GaugeMetricFamily(f"{_PREFIX}worlds", "Worlds.", value=worlds),
        GaugeMetricFamily(f"{_PREFIX}journal_entries", "Requests that the journal keeps.", value=entries),
        GaugeMetricFamily(f"{_PREFIX}waiting_requests", "Requests that wait for a time of their world.", value=waiting),
    )
