"""Measurements as Markdown."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from .book import Book, Sample
from .contenders import BARE
from .figures import ratios
from .rows import MANY

_BUSY = 0.9
_SHORT_OF_CORE = 0.85
_NONE = "-"

Measure = Callable[[Sample], float]


def per_second(sample: Sample) -> float:
    return sample.per_second


def per_cpu_second(sample: Sample) -> float:
    return sample.per_cpu_second


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table. The first column is text, the others are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def facts(items: Mapping[str, str]) -> str:
    """Return a table of the machine and the programs."""
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in items.items())])


def summary(book: Book, measure: Measure, unit: str) -> str:
    """Return the ratios of all rows and contenders, in one table."""
    names = [name for name in book.contenders if name != BARE]
    lines = [
        [title, *(_number(_compared(book, row, name, measure), ".2f") for name in names)]
        for row, title in book.rows.items()
    ]
    return table([f"{unit}, `{BARE}` = 1", *names], lines)


def worlds(book: Book) -> str:
    """Return the ratios of the rows with many worlds to the same rows with one, or "" if no row has both."""
    pairs = [(row, row + MANY) for row in book.rows if row + MANY in book.rows]
    lines = [
        [book.rows[many], *(_number(_between_rows(book, many, one, name), ".2f") for name in book.contenders)]
        for one, many in pairs
    ]
    return table(["requests/CPU s, one world = 1", *book.contenders], lines) if pairs else ""


def details(book: Book, row: str) -> str:
    """Return the table of one row, and the notes on it."""
    heads = ["", f"of `{BARE}`", "spread", "requests/s", "spread", "requests/CPU s", f"of `{BARE}`"]
    lines = [[name, *_figures(book, row, name)] for name in book.contenders]
    return _noted(table(heads, lines), [*_reasons(book, row), *_doubts(book, row)])


def footprints(book: Book) -> str:
    lines = []
    for name in book.contenders:
        taken = book.footprints.get(name, [])
        columns = ([each.idle for each in taken], [each.after for each in taken], [each.peak for each in taken])
        lines.append([name, *(_number(column, ".0f") for column in columns)])
    return table(["MiB", "idle", "after all rows", "peak"], lines)


def cold(book: Book) -> str:
    lines = [[name, *_milliseconds([each * 1000 for each in book.cold.get(name, [])])] for name in book.contenders]
    return _noted(table(["", "ms", "spread"], lines), _reasons(book, "cold-start"))


def in_process(book: Book) -> str:
    return table(["", "ms", "spread"], [[step, *_milliseconds(taken)] for step, taken in book.in_process.items()])


def paintings(book: Book) -> str:
    lines = []
    for name, taken in book.paintings.items():
        cpu = [each.cpu for each in taken]
        wall = _number([each.wall for each in taken], ".1f")
        lines.append([name, _number(cpu, ".1f"), _between(cpu, ".1f"), wall])
    return _noted(table(["a picture, first time", "CPU ms", "spread", "ms"], lines), _reasons(book, "first-fetch"))


def anatomy(book: Book) -> str:
    """Return one table: a column for each kind of request, in microseconds, with the share of the whole."""
    parts = max(book.anatomy.values(), key=len)
    lines = [[name, *(_share(figures, name) for figures in book.anatomy.values())] for name in parts]
    return table(["µs without a socket", *book.anatomy], lines)


def _share(figures: Mapping[str, float], name: str) -> str:
    return f"{figures[name]:.1f} ({figures[name] / figures['all']:.0%})" if name in figures else "-"


def trips(book: Book) -> str:
    return table(["a generation", ""], [[name, f"{count:.2f}"] for name, count in book.trips.items()])


def _noted(figures: str, notes: Sequence[str]) -> str:
    return "\n\n".join([figures, *(["\n".join(f"- {note}" for note in notes)] if notes else [])])


def _reasons(book: Book, row: str) -> list[str]:
    """Return the reasons why contenders have no figure in a row."""
    reasons = {name: book.absent.get(name) or book.why.get(row, {}).get(name) for name in book.contenders}
    return [f"{name}: {reason}" for name, reason in reasons.items() if reason]


def _figures(book: Book, row: str, name: str) -> list[str]:
    samples = book.samples.get(row, {}).get(name, [])
    if not samples:
        return [_NONE] * 6
    rates = [sample.per_second for sample in samples]
    compared = _compared(book, row, name, per_second)
    return [
        _number(compared, ".2f"),
        _between(compared, ".2f"),
        _number(rates, ",.0f"),
        _between(rates, ",.0f"),
        _number([sample.per_cpu_second for sample in samples], ",.0f"),
        _number(_compared(book, row, name, per_cpu_second), ".2f"),
    ]


def _compared(book: Book, row: str, name: str, measure: Measure) -> list[float]:
    """Return the ratios to the bare program."""
    return ratios(_rates(book, row, name, measure), _rates(book, row, BARE, measure))


def _between_rows(book: Book, row: str, base: str, name: str) -> list[float]:
    """Return the ratios of one row to another of the same contender."""
    return ratios(_rates(book, row, name, per_cpu_second), _rates(book, base, name, per_cpu_second))


def _rates(book: Book, row: str, name: str, measure: Measure) -> dict[int, float]:
    """Return the rates of a contender in a row, by round."""
    return {sample.round: measure(sample) for sample in book.samples.get(row, {}).get(name, [])}


def _doubts(book: Book, row: str) -> list[str]:
    """Return the reasons to doubt figures: the server may not have been the bottleneck."""
    doubts = []
    for name, samples in book.samples.get(row, {}).items():
        load, server = max(each.load for each in samples), median(each.server for each in samples)
        if load > _BUSY:
            doubts.append(f"{name}: wrk itself was {load:.0%} busy and may be the bottleneck")
        elif server < _SHORT_OF_CORE:
            doubts.append(f"{name}: the server had {server:.0%} of its core; requests per CPU-second are more reliable")
    return doubts


def _milliseconds(taken: Sequence[float]) -> list[str]:
    return [_number(taken, ",.0f"), _between(taken, ",.0f")]


def _number(values: Sequence[float], form: str) -> str:
    return format(median(values), form) if values else _NONE


def _between(values: Sequence[float], form: str) -> str:
    return f"{min(values):{form}} to {max(values):{form}}" if values else _NONE
