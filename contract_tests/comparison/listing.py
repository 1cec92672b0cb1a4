"""The recent images: those that the recording made are compared one by one, earlier ones only by their shape."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

from contract_tests.comparison.bindings import Bindings
from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.forms import kind_of_value, plain
from contract_tests.comparison.stand_ins import StandIns
from contract_tests.oracle.facts import RECENT_IMAGES

Entry = Mapping[str, Any]
Compare = Callable[[Pair, int, Entry, Entry], Iterator[Difference]]
NAME = "name of a field"
CROWDED = "an image that later ones have replaced"


class Listing:
    """compare: yields the differences of two entries with the same image."""

    def __init__(self, bindings: Bindings, compare: Compare, stand_ins: StandIns) -> None:
        self._bindings, self._compare, self._stand_ins = bindings, compare, stand_ins
        self._recorded: set[Hashable] = set()
        self._reissued: set[Hashable] = set()

    def made(self, recorded: Any, reissued: Any) -> None:
        """Note an image that a generation made on both sides."""
        self._recorded.add(_key(recorded))
        self._reissued.add(_key(reissued))

    def compare(self, pair: Pair, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
        old = {_id(entry): (index, entry) for index, entry in enumerate(before) if _id(entry) in self._recorded}
        new = {_id(entry): entry for entry in after if _id(entry) in self._reissued}
        partner = {id_: self._bindings.reissued("id", id_) for id_ in old}
        both = [id_ for id_ in old if partner[id_] in new]
        yield from self._order(pair, [partner[id_] for id_ in both], list(new))
        for id_ in both:
            index, entry = old[id_]
            yield from self._compare(pair, index, entry, new[partner[id_]])
        full = len(after) >= RECENT_IMAGES and len(new) < len(after)
        for id_ in old.keys() - both:
            yield pair.differs("missing", "this image", CROWDED if full else None, "json", old[id_][0])
        yield from self._further(pair, before, [id_ for id_ in new if id_ not in partner.values()])
        yield from self._earlier(pair, before, [entry for entry in after if _id(entry) not in self._reissued])

    def _order(self, pair: Pair, wanted: list[Any], listed: list[Any]) -> Iterator[Difference]:
        shown = [id_ for id_ in listed if id_ in wanted]
        if wanted != shown:
            yield pair.differs("order", wanted, shown, "json")

    def _further(self, pair: Pair, before: Sequence[Any], ids: Sequence[Any]) -> Iterator[Difference]:
        # A full list of the recording had no place for more.
        if ids and len(before) < RECENT_IMAGES:
            yield pair.differs("further", None, f"the images {', '.join(map(str, ids))}", "json")

    def _earlier(self, pair: Pair, before: Sequence[Any], others: Sequence[Any]) -> Iterator[Difference]:
        """Yield the fields of earlier images that no entry of the recording has, each once."""
        known = {name for entry in before if isinstance(entry, dict) for name in entry}
        hidden = {name for name in known if self._stand_ins.hide(name)}
        named = {str(self._bindings.reissued(NAME, name)) for name in hidden if self._bindings.reissued(NAME, name)}
        if not known or len(named) < len(hidden):
            return
        known |= named
        objects = [entry for entry in others if isinstance(entry, dict)]
        for name in sorted({name for entry in objects for name in entry} - known):
            value = next(entry[name] for entry in objects if name in entry)
            yield pair.differs("further", None, kind_of_value(value), "json", 0, name)


def _id(entry: Any) -> Hashable:
    return _key(entry.get("id")) if isinstance(entry, dict) else None


def _key(value: Any) -> Hashable:
    return None if isinstance(value, dict | list) else plain(value)
