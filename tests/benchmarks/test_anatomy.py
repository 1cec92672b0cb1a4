"""The anatomy of a request. What it leaves out must be there, or it measures nothing."""

from benchmarks import anatomy
from benchmarks.book import Book
from benchmarks.tables import anatomy as table


def test_every_part_is_left_out_and_comes_back() -> None:
    figures = anatomy.measure(1, lambda _: None)
    parts = {part.name for part in anatomy.PARTS}
    assert parts < figures.keys()
    whole = figures["all"]
    assert whole > figures["uvicorn, with the bare program"] > 0
    assert abs(sum(taken for name, taken in figures.items() if name != "all") - whole) < whole / 1000


def test_the_table_says_what_share_each_part_has() -> None:
    book = Book({}, {}, anatomy={"all": 50.0, "the access log": 5.0})
    assert "| the access log | 5.0 | 10% |" in table(book)
