"""The core of the server."""

from benchmarks.cores import split_cores


def test_the_server_has_a_core_of_its_own() -> None:
    two = split_cores({0, 1})
    assert (set(two.server), set(two.load), two.pinned) == ({1}, {0}, True)
    assert str(split_cores({2, 5, 7})) == "server on core 7, load on 2, 5"


def test_a_single_core_is_shared_and_reported() -> None:
    one = split_cores({3})
    assert (set(one.server), set(one.load), one.pinned) == ({3}, {3}, False)
    assert "one core only" in str(one)
