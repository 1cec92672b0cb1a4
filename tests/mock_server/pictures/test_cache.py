"""The store of finished pictures."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.pictures import PictureCache

BOUND = 20
STEPS = st.lists(st.tuples(st.integers(0, 6), st.none() | st.binary(max_size=24)), max_size=60)


@settings(deadline=None)
@given(STEPS)
def test_any_history_holds_what_a_plain_model_holds(steps: list[tuple[int, bytes | None]]) -> None:
    cache, model = PictureCache(BOUND), OrderedDict[int, bytes]()
    for key, data in steps:
        if data is None:
            assert cache.get(key) == model.get(key)
            if key in model:
                model.move_to_end(key)
            continue
        cache.put(key, data)
        model.pop(key, None)
        if len(data) <= BOUND:
            model[key] = data
        while sum(map(len, model.values())) > BOUND:
            model.popitem(last=False)
        assert (len(cache), cache.held_bytes) == (len(model), sum(map(len, model.values())))
    assert {key: cache.get(key) for key in range(7)} == {key: model.get(key) for key in range(7)}


def test_data_larger_than_the_bound_is_not_kept_and_nothing_is_lost_for_it() -> None:
    cache = PictureCache(4)
    cache.put("small", b"1234")
    cache.put("large", b"12345")
    assert (cache.get("small"), cache.get("large"), len(cache)) == (b"1234", None, 1)


def test_data_too_large_drops_what_its_key_held_before() -> None:
    cache = PictureCache(4)
    cache.put("key", b"old")
    cache.put("key", b"large")
    assert (cache.get("key"), cache.held_bytes) == (None, 0)


def test_a_picture_that_was_read_outlives_one_that_was_not() -> None:
    cache = PictureCache(4)
    cache.put("read", b"12")
    cache.put("unread", b"34")
    cache.get("read")
    cache.put("new", b"56")
    assert (cache.get("read"), cache.get("unread")) == (b"12", None)


def test_many_threads_never_break_the_bound() -> None:
    cache = PictureCache(1000)

    def work(thread: int) -> None:
        for step in range(500):
            cache.put((thread * step) % 37, bytes(step % 90))
            cache.get(step % 37)
            assert cache.held_bytes <= 1000

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert cache.held_bytes == sum(len(cache.get(key) or b"") for key in range(37))
