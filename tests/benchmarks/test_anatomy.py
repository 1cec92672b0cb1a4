"""The anatomy of a request. A part that it leaves out must exist, or it measures nothing."""

from benchmarks import anatomy
from benchmarks.book import Book
from benchmarks.tables import anatomy as table


def test_every_part_is_removed_and_restored() -> None:
    measured = anatomy.measure(1, lambda _: None)
    for request in anatomy.REQUESTS:
        figures = measured[request.name]
        assert {part.name for part in request.parts} < figures.keys()
        whole = figures["all"]
        assert whole > figures["uvicorn, with the bare program"] > 0
        assert abs(sum(value for name, value in figures.items() if name != "all") - whole) < whole / 1000


def test_one_request_has_all_the_parts() -> None:
    everything = max((request.parts for request in anatomy.REQUESTS), key=len)
    assert {part for request in anatomy.REQUESTS for part in request.parts} == set(everything)


def test_the_table_shows_the_share_of_each_part() -> None:
    get, post = {"all": 50.0, "the access log": 5.0}, {"all": 80.0, "the order": 20.0, "the access log": 4.0}
    shown = table(Book({}, {}, anatomy={"GET": get, "POST": post}))
    assert "| the access log | 5.0 (10%) | 4.0 (5%) |" in shown
    assert "| the order | - | 20.0 (25%) |" in shown
