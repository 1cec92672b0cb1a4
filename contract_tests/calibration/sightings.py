"""Sightings: what one exchange shows about settings by itself. Pure functions, shared by calibrations and checks."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from contract_tests.calibration.questions import has_size, offers, queues, rate_shown, shown, takes
from contract_tests.calibration.readings import Question
from contract_tests.client.call import Call, Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import Fields, engine_field, engine_of, listed_size, modifiers_of
from contract_tests.oracle.images import is_shortened_text
from contract_tests.oracle.replies import about_parameters, error_fields, images_requested, made

_ERROR = 400
_WITH_ERRORS = frozenset({400, 422})
_DOCUMENTED = frozenset({"id", "title", "input", "output", "created_at", "status"})
_PLANS = {60: "starter", 300: "business", 1000: "enterprise"}
# The numbers of images to ask for where a bisection would cost credits.
COUNTS = (2, 3, 5)
IN_QUEUE = "IN_QUEUE"
# The ends of the names of the modifiers that the product family appends to the prompt [IMG-INPUT].
_APPENDED = frozenset({"style", "lighting", "mood"})


class Sighting(NamedTuple):
    """The outcome of a question, as one exchange shows it."""

    question: Question
    outcome: Hashable


def sightings(operation: str | None, call: Call, reply: Reply) -> Iterator[Sighting]:
    """Yield what an exchange shows. operation: the id of the operation that was called, None for any other path."""
    body = _json(reply)
    yield from _of_headers(reply)
    if reply.status >= _ERROR and isinstance(body, dict) and operation != "checkAvailability":
        yield from _of_error(body)
    if call.without_token and operation:
        yield from _of_missing_token(call, reply, body)
    elif operation == "generateImage":
        yield from _of_generation(call, reply, body)
    elif operation == "getRecentImages" and reply.status == 200:
        yield from of_list(body)
    elif operation == "getVersions" and reply.status == 200 and _is_versions(body):
        yield Sighting(shown("versions"), tuple(body.items()))


def _json(reply: Reply) -> Any:
    try:
        return reply.json()
    except InconclusiveError:
        return None


def _is_versions(body: Any) -> bool:
    return isinstance(body, dict) and all(isinstance(version, str) for version in body.values())


def _of_headers(reply: Reply) -> Iterator[Sighting]:
    limit = reply.headers.get("x-ratelimit-limit", "").strip()
    if not limit:
        yield Sighting(rate_shown(), "none")
    elif limit.isdecimal():
        yield Sighting(rate_shown(), _PLANS.get(int(limit), f"{limit} a minute"))


def _of_error(body: Mapping[str, Any]) -> Iterator[Sighting]:
    inner, flat = body.get("error"), body.keys() & {"message", "errors"}
    if isinstance(inner, dict) and "message" in inner:
        yield Sighting(shown("error_body"), "both" if flat else "envelope")
    elif isinstance(body.get("message"), str):
        yield Sighting(shown("error_body"), "flat")


def _of_missing_token(call: Call, reply: Reply, body: Any) -> Iterator[Sighting]:
    """Yield the form of a refusal for the lack of a valid token, of a call that accepts JSON [AUTH-401, NO-ACCEPT]."""
    if "json" not in call.accept:
        return
    if reply.status in {401, 403} or reply.redirects:
        form = "redirect" if reply.redirects else "json" if isinstance(body, dict) else "page"
        yield Sighting(shown("unauthenticated_body"), form)
        if not reply.redirects:
            yield Sighting(shown("unauthenticated_status"), reply.status)


def _of_generation(call: Call, reply: Reply, body: Any) -> Iterator[Sighting]:
    fields = call.parameters
    if call.invalid and about_parameters(reply) and not call.body:
        yield Sighting(shown("invalid_status"), reply.status)
        yield from _of_findings(fields, reply, body)
    elif made(reply) and isinstance(body, dict):
        yield from _of_images(fields, body, [each for each in reply.images if isinstance(each, dict)])
    elif isinstance(body, dict):
        if reply.status == 409:
            yield from _of_locked(body)
        if reply.status == 429:
            yield from _of_daily_limit(body)


def _of_findings(fields: Fields, reply: Reply, body: Any) -> Iterator[Sighting]:
    """Yield how a refusal of several errors names them; a 200 names none anyway."""
    if reply.status == 200 or _errors_in(fields) < 2 or not isinstance(body, dict):
        return
    named = len(error_fields(reply))
    yield Sighting(shown("invalid_body"), "message" if not named else "first-error" if named == 1 else "errors")


def _errors_in(fields: Fields) -> int:
    """Return how many parameters of a known engine are missing; a service may accept others than it names."""
    engine = engine_of(fields)
    return sum(fields.get(name) is None for name in engine.required) if engine else 0


def _of_locked(body: Mapping[str, Any]) -> Iterator[Sighting]:
    """Yield the fields of a 409, which an envelope hides."""
    field = next((name for name in ("message", "error") if isinstance(body.get(name), str)), None)
    if field:
        yield Sighting(shown("locked_status_field"), "present" if "status" in body else "absent")
        yield Sighting(shown("locked_message_field"), field)


def _of_daily_limit(body: Mapping[str, Any]) -> Iterator[Sighting]:
    if isinstance(body.get("message"), str):
        yield Sighting(shown("daily_limit_body"), "message")
    elif isinstance(body.get("errors"), list):
        yield Sighting(shown("daily_limit_body"), "errors")


# Images


def _of_images(fields: Fields, body: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Iterator[Sighting]:
    engine = engine_of(fields)
    if not engine or not entries:
        return
    yield Sighting(offers(engine.name), outcome=True)
    if size := listed_size(fields):
        yield Sighting(has_size(size), outcome=True)
    yield from _of_count(fields)
    yield Sighting(shown("image_storage"), str(body.get("image_storage")))
    queued = any(entry.get("status") == IN_QUEUE for entry in entries)
    if engine.queues:
        yield Sighting(queues(engine.name), queued)
    for entry in entries[:1]:
        yield from _of_entry(entry, queued=queued)
        yield from of_input(fields, str(entry.get("input", "")))


def _of_count(fields: Fields) -> Iterator[Sighting]:
    """Yield that the number of images of a served request is accepted."""
    count = images_requested(fields)
    if count in COUNTS:
        yield Sighting(takes(count), outcome=True)


def _of_entry(entry: Mapping[str, Any], *, queued: bool) -> Iterator[Sighting]:
    yield Sighting(shown("further_fields"), "family" if entry.keys() - _DOCUMENTED else "none")
    output = str(entry.get("output", ""))
    # The placeholder of a queued image may be anywhere.
    if output and not queued:
        form = "url" if urlsplit(output).scheme else "slash" if output.startswith("/") else "relative"
        yield Sighting(shown("output_form"), form)


def of_input(fields: Fields, text: str) -> Iterator[Sighting]:
    """Yield what the input of an image shows about its prompt and its modifiers [IMG-INPUT, VALID-TRIM]."""
    engine = engine_of(fields)
    prompt = str(fields.get(engine.prompt, "")) if engine else ""
    if not prompt or is_shortened_text(text):
        return
    core = prompt.strip(" \u200b")
    trimmed = {"none": prompt, "ascii": prompt.strip(), "unicode": core}
    ways = [name for name, start in trimmed.items() if text.startswith(start)]
    if len(set(trimmed.values())) == len(trimmed) and ways:
        yield Sighting(shown("text_trimming"), ways[0])
    if any(name.rpartition("_")[2] in _APPENDED for name in modifiers_of(fields)) and core in text:
        rest = text.partition(core)[2].strip(" \u200b")
        yield Sighting(shown("input_modifiers"), "appended" if rest else "omitted")


def of_list(body: Any) -> Iterator[Sighting]:
    """Yield what a list of recent images shows."""
    entries = [each for each in body if isinstance(each, dict)] if isinstance(body, list) else []
    stamps = [str(entry.get("created_at", "")) for entry in entries]
    for entry, stamp in zip(entries[:1], stamps, strict=False):
        yield Sighting(shown("created_at"), "microseconds" if "." in stamp else "seconds")
        yield from _of_entry(entry, queued=entry.get("status") == IN_QUEUE)
    yield from _of_order(stamps)


def _of_order(stamps: list[str]) -> Iterator[Sighting]:
    try:
        moments = [datetime.fromisoformat(stamp) for stamp in stamps]
        falls = {newer > older for newer, older in pairwise(moments) if newer != older}
    except (ValueError, TypeError):  # not dates, or some of them without a time zone
        return
    if len(falls) == 1:
        yield Sighting(shown("recent_order"), "newest-first" if falls == {True} else "oldest-first")


def of_known_image(fields: Fields, entry: Mapping[str, Any]) -> Iterator[Sighting]:
    """Yield what the entry of a list shows about an image whose request is known."""
    engine = engine_of(fields)
    if engine is None:
        return
    yield Sighting(offers(engine.name), outcome=True)
    yield from _of_count(fields)
    if engine.queues:
        yield Sighting(queues(engine.name), entry.get("status") in {IN_QUEUE, "COMPLETED"})
    yield from of_input(fields, str(entry.get("input", "")))


def of_limit(reply: Reply) -> Iterator[Sighting]:
    """Yield the form of a refusal that is known to be for a limit of the service."""
    yield Sighting(shown("limit_status"), reply.status)
    if reply.status in _WITH_ERRORS:
        yield Sighting(shown("limit_body"), "errors" if error_fields(reply) else "message")


def of_refused_engine(fields: Fields, reply: Reply) -> Iterator[Sighting]:
    """Yield what a refusal of one image names as not offered: its engine or its size."""
    engine, named = engine_of(fields), error_fields(reply)
    if not engine or images_requested(fields) != 1:
        return
    if engine_field() in named:
        yield Sighting(offers(engine.name), outcome=False)
    elif (size := listed_size(fields)) and set(named) == {engine.role("size")}:
        yield Sighting(has_size(size), outcome=False)


def of_samples(refused: Sequence[Fields], served: Fields | None) -> Iterator[Sighting]:
    """Yield what requests for one engine show that differ in size alone. refused: for a limit; served: not so."""
    for fields in refused:
        size, engine = listed_size(fields), engine_of(fields)
        if served and size and size != listed_size(served):
            yield Sighting(has_size(size), outcome=False)
        elif engine and not served:
            yield Sighting(offers(engine.name), outcome=False)
