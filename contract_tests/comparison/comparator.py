"""The comparison of recorded replies with those of a reissue, whichever server gave them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import UNSET

from contract_tests.comparison.bindings import Bindings
from contract_tests.comparison.dates import Dates
from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.fields import Path, Way, way_of
from contract_tests.comparison.forms import AddressForm, address_form, address_key, kind_of_value, plain
from contract_tests.comparison.headers import compare_headers
from contract_tests.comparison.listing import NAME, Entry, Listing
from contract_tests.comparison.stand_ins import StandIns
from contract_tests.recordings.model import Picture, RecordedExchange, Response

_QUEUED = "IN_QUEUE"


@dataclass(frozen=True)
class Side:
    """One of both servers: the origin of the API, and when its exchanges began, in seconds since 1970."""

    origin: str
    started: float


def started_at(text: str) -> float:
    """Return the instant of a manifest in seconds since 1970, 0 if it is not a date."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


class Comparator:
    """Compares pairs in the order of the recorded replies.

    Each identifier of the recording is bound to that of the reissue in the same field, and must agree from then on.
    """

    def __init__(self, recorded: Side, reissued: Side, stand_ins: Collection[str] = ()) -> None:
        """stand_ins: the texts that replace secrets in the recording, of which only the place can be compared."""
        self._recorded, self._reissued, self._stand_ins = recorded, reissued, StandIns(stand_ins)
        self._bindings = Bindings()
        self._dates = Dates(recorded.started, reissued.started)
        self._listing = Listing(self._bindings, self._entry, self._stand_ins)
        self._shown: dict[str, tuple[str, str]] = {}

    def compare(self, pair: Pair) -> list[Difference]:
        """Return the differences between two replies; a reply with another status is not compared further."""
        before, after = pair.recorded.response, pair.reissued.response
        assert before is not None, "an exchange without a reply cannot be compared"
        if after is None:
            return [Difference(pair.recorded.number, "/response", "silence", before.status, pair.reissued.error)]
        if before.status != after.status:
            return [pair.differs("status", before.status, after.status, "status")]
        return [
            *compare_headers(pair, before.headers, after.headers, self._stand_ins),
            *self._body(pair, before, after),
        ]

    def _body(self, pair: Pair, before: Response, after: Response) -> Iterator[Difference]:
        kinds = _body_kind(before), _body_kind(after)
        if kinds[0] != kinds[1]:
            yield pair.differs("body", *kinds)
        elif before.json is not UNSET:
            self._note_images(pair, before.json, after.json)
            yield from self._json(pair, before.json, after.json)
        elif isinstance(before.picture, Picture) and isinstance(after.picture, Picture):
            yield from self._picture(pair, before.picture, after.picture)

    def _json(self, pair: Pair, before: Any, after: Any) -> Iterator[Difference]:
        exchange, response = pair.recorded, pair.recorded.response
        if _is_listing(exchange) and isinstance(before, list) and isinstance(after, list):
            yield from self._listing.compare(pair, before, after)
            return
        status = response.status if response else 0
        yield from self._value(pair, way_of(exchange.operation, status, ()), (), before, after)

    # Values by their way

    def _value(self, pair: Pair, way: Way, path: Path, before: Any, after: Any) -> Iterator[Difference]:
        kinds = kind_of_value(before), kind_of_value(after)
        if kinds[0] != kinds[1]:
            # The status of a queued image has its own values, which no other type stands for.
            yield pair.differs("type", kinds[0], kinds[1], "json", *path)
            return
        match way:
            case Way.INNER if isinstance(before, dict):
                yield from self._object(pair, path, before, after)
            case Way.INNER if isinstance(before, list):
                yield from self._array(pair, path, before, after)
            case Way.NAMES if isinstance(before, dict):
                yield from _names(pair, path, before, after)
            case Way.EXACT | Way.DOCUMENTED | Way.STATE | Way.INNER if not self._equal(before, after):
                yield pair.differs("value", before, after, "json", *path)
            case Way.ID | Way.TITLE:
                yield from self._identifier(pair, way.value, path, plain(before), plain(after))
            case Way.ADDRESS if isinstance(before, str):
                yield from self._address(pair, path, before, after)

    def _equal(self, before: Any, after: Any) -> bool:
        return self._stand_ins.hide(before) or bool(plain(before) == plain(after))

    def _renamed(self, before: Entry, after: Entry) -> Entry:
        """Return the recorded object with the names of the reissue in place of names that are stand-ins."""
        free = [name for name in after if name not in before]
        names = {}
        for name in before:
            if name in after or not self._stand_ins.hide(name):
                continue
            bound = self._bindings.reissued(NAME, name)
            kind = kind_of_value(before[name])
            alike = [each for each in free if kind_of_value(after[each]) == kind and self._is_free(each)]
            partner = bound if bound in free else next(iter(alike), None)
            if isinstance(partner, str) and self._bindings.bind(NAME, name, partner):
                names[name] = partner
                free.remove(partner)
        return {names.get(name, name): value for name, value in before.items()} if names else before

    def _is_free(self, name: str) -> bool:
        return self._bindings.recorded(NAME, name) is None

    def _object(self, pair: Pair, path: Path, before: Entry, after: Entry) -> Iterator[Difference]:
        response, before = pair.recorded.response, self._renamed(before, after)
        for name in [*before, *(each for each in after if each not in before)]:
            inner = (*path, name)
            if name not in after:
                yield pair.differs("missing", kind_of_value(before[name]), None, "json", *inner)
            elif name not in before:
                yield pair.differs("further", None, kind_of_value(after[name]), "json", *inner)
            else:
                way = way_of(pair.recorded.operation, response.status if response else 0, inner)
                if way is Way.ADDRESS and _is_queued(before, after):
                    continue
                yield from self._value(pair, way, inner, before[name], after[name])

    def _array(self, pair: Pair, path: Path, before: list[Any], after: list[Any]) -> Iterator[Difference]:
        if len(before) != len(after):
            yield pair.differs("value", f"{len(before)} entries", f"{len(after)} entries", "json", *path)
        response = pair.recorded.response
        for index, (old, new) in enumerate(zip(before, after, strict=False)):
            inner = (*path, index)
            way = way_of(pair.recorded.operation, response.status if response else 0, inner)
            yield from self._value(pair, way, inner, old, new)

    def _entry(self, pair: Pair, index: int, before: Entry, after: Entry) -> Iterator[Difference]:
        """Yield the differences of two entries of recent-images that show the same image."""
        yield from self._object(pair, (index,), before, after)
        yield from self._dates.compare(pair, index, before, after)

    def _identifier(self, pair: Pair, field: str, path: Path, before: Any, after: Any) -> Iterator[Difference]:
        if isinstance(before, dict | list):
            return
        if not self._bindings.bind(field, before, after):
            wanted = self._bindings.reissued(field, before)
            expected = wanted if wanted is not None else "a value of its own"
            yield pair.differs("identifier", expected, after, "json", *path)

    def _address(self, pair: Pair, path: Path, before: str, after: str) -> Iterator[Difference]:
        forms = address_form(before, self._recorded.origin), address_form(after, self._reissued.origin)
        if not self._alike(*forms):
            yield pair.differs("form", str(forms[0]), str(forms[1]), "json", *path)
        yield from self._identifier(pair, "output", path, address_key(before), address_key(after))

    def _alike(self, before: AddressForm, after: AddressForm) -> bool:
        """Return whether two addresses have the same form, as far as the recording shows it."""
        suffix = before.suffix == after.suffix or self._stand_ins.hide(before.suffix)
        hidden = any(map(self._stand_ins.hide, before.query))
        query = len(before.query) == len(after.query) if hidden else before.query == after.query
        return before.place == after.place and suffix and query

    def _note_images(self, pair: Pair, before: Any, after: Any) -> None:
        """Note which images a generation made, and when."""
        if pair.recorded.operation != "generateImage":
            return
        for old, new in zip(_images(before), _images(after), strict=False):
            self._listing.made(old.get("id"), new.get("id"))
            self._dates.made(old.get("id"), pair)

    def _picture(self, pair: Pair, before: Picture, after: Picture) -> Iterator[Difference]:
        for name in ("type", "width", "height"):
            expected, received = getattr(before, name), getattr(after, name)
            if expected != received:
                yield pair.differs("value", expected, received, "picture", name)
        # Bytes are random; but an address that gave the same picture twice must do so again.
        address = pair.recorded.request.target
        known = self._shown.setdefault(address, (before.sha256, after.sha256))
        again = known[0] == before.sha256, known[1] == after.sha256
        if again[0] != again[1]:
            words = ("another picture than before", "the same picture as before")
            yield pair.differs("identifier", words[again[0]], words[again[1]], "picture", "sha256")


def _names(pair: Pair, path: Path, before: Entry, after: Entry) -> Iterator[Difference]:
    for name in before.keys() - after.keys():
        yield pair.differs("missing", kind_of_value(before[name]), None, "json", *path, name)
    for name in after.keys() - before.keys():
        yield pair.differs("further", None, kind_of_value(after[name]), "json", *path, name)


def _body_kind(response: Response) -> str:
    if response.json is not UNSET:
        return "JSON"
    if response.picture is not UNSET:
        return "a picture"
    return "a text" if response.text else "nothing"


def _is_listing(exchange: RecordedExchange) -> bool:
    return exchange.operation == "getRecentImages"


def _is_queued(*entries: Mapping[str, Any]) -> bool:
    """Return whether an entry shows a placeholder, which may be shared by all images."""
    return any(entry.get("status") == _QUEUED for entry in entries)


def _images(body: Any) -> list[Mapping[str, Any]]:
    images = body.get("images") if isinstance(body, dict) else None
    return [each for each in images if isinstance(each, dict)] if isinstance(images, list) else []
