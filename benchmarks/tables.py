"""Measurements as Markdown."""

from collections.abc import Mapping, Sequence

from .book import Book
from .contenders import BARE
from .figures import Spread, ratio, spread

_BUSY = 0.9
_NONE = "-"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table. The first column is text, the others are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def facts(told: Mapping[str, str]) -> str:
    """Return a table of what was measured with."""
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in told.items())])


def summary(book: Book) -> str:
    """Return the ratios of all rows and contenders, in one table."""
    names = [name for name in book.contenders if name != BARE]
    rows = [[title, *(_ratio(book, row, name) for name in names)] for row, title in book.rows.items()]
    return table([f"requests/s, `{BARE}` = 1", *names], rows)


def details(book: Book, row: str) -> str:
    """Return the table of one row, and the notes on it."""
    heads = ["", f"of `{BARE}`", "spread", "requests/s", "spread", "requests/CPU s"]
    lines = [[name, *_figures(book, row, name)] for name in book.contenders]
    busy = [f"{name}: wrk itself was {share:.0%} busy and may be what bounds it" for name, share in _busy(book, row)]
    return _noted(table(heads, lines), [*_reasons(book, row), *busy])


def footprints(book: Book) -> str:
    lines = []
    for name in book.contenders:
        taken = book.footprints.get(name, [])
        columns = ([each.idle for each in taken], [each.after for each in taken], [each.peak for each in taken])
        lines.append([name, *(_number(column, ".0f") for column in columns)])
    return table(["MiB", "idle", "after all rows", "peak"], lines)


def cold(book: Book) -> str:
    lines = [[name, *_milliseconds(book.cold.get(name, []))] for name in book.contenders]
    return _noted(table(["", "ms", "spread"], lines), _reasons(book, "cold-start"))


def in_process(book: Book) -> str:
    return table(["", "ms", "spread"], [[step, *_milliseconds(taken, 1)] for step, taken in book.in_process.items()])


def paintings(book: Book) -> str:
    lines = []
    for name, taken in book.paintings.items():
        cpu = [each.cpu for each in taken]
        wall = _number([each.wall for each in taken], ".1f")
        lines.append([name, _number(cpu, ".1f"), _between(spread(cpu), ".1f"), wall])
    return _noted(table(["a picture, first time", "CPU ms", "spread", "ms"], lines), _reasons(book, "first-fetch"))


def trips(book: Book) -> str:
    return table(["a generation", ""], [[name, f"{count:.2f}"] for name, count in book.trips.items()])


def _noted(figures: str, notes: Sequence[str]) -> str:
    return "\n\n".join([figures, *(["\n".join(f"- {note}" for note in notes)] if notes else [])])


def _reasons(book: Book, row: str) -> list[str]:
    """Say why contenders have no figure in a row."""
    told = {name: book.absent.get(name) or book.why.get(row, {}).get(name) for name in book.contenders}
    return [f"{name}: {reason}" for name, reason in told.items() if reason]


def _figures(book: Book, row: str, name: str) -> list[str]:
    samples = book.samples.get(row, {}).get(name, [])
    if not samples:
        return [_NONE] * 5
    rates = spread([sample.per_second for sample in samples])
    compared = _compared(book, row, name)
    return [
        f"{compared.median:.2f}" if compared else _NONE,
        _between(compared, ".2f") if compared else _NONE,
        f"{rates.median:,.0f}",
        _between(rates, ",.0f"),
        _number([sample.per_cpu_second for sample in samples], ",.0f"),
    ]


def _ratio(book: Book, row: str, name: str) -> str:
    compared = _compared(book, row, name)
    return f"{compared.median:.2f}" if compared else _NONE


def _compared(book: Book, row: str, name: str) -> Spread | None:
    samples = book.samples.get(row, {})
    rates = {who: {sample.round: sample.per_second for sample in samples.get(who, [])} for who in (name, BARE)}
    return ratio(rates[name], rates[BARE])


def _busy(book: Book, row: str) -> list[tuple[str, float]]:
    shares = {name: max(each.load for each in taken) for name, taken in book.samples.get(row, {}).items() if taken}
    return [(name, share) for name, share in shares.items() if share > _BUSY]


def _milliseconds(seconds_or_ms: Sequence[float], scale: float = 1000) -> list[str]:
    if not seconds_or_ms:
        return [_NONE, _NONE]
    taken = spread([value * scale for value in seconds_or_ms])
    return [f"{taken.median:,.0f}", _between(taken, ",.0f")]


def _number(values: Sequence[float], form: str) -> str:
    return format(spread(values).median, form) if values else _NONE


def _between(taken: Spread, form: str) -> str:
    return f"{taken.least:{form}} to {taken.most:{form}}"
