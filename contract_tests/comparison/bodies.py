"""Settings of the mock that explain a difference in a body, a header or a picture, each with the value to set."""

from collections.abc import Callable, Iterator
from typing import Any

from contract_tests.comparison.context import Context
from contract_tests.comparison.facts import entries_of, is_generation
from contract_tests.comparison.finding import Setting
from contract_tests.comparison.forms import AddressForm, address_form, date_form
from contract_tests.comparison.observed import lower_names
from contract_tests.comparison.requests import parameters, uploads
from contract_tests.oracle.contract import is_envelope
from contract_tests.oracle.engines import engine_field, engine_of
from contract_tests.recordings.model import Picture, Request
from contract_tests.runner.target import origin_of

Recogniser = Callable[[Context], Iterator[Setting]]
_REMOTE = frozenset({"s3", "r2"})
_FORMS = {"relative": "relative", "slashed": "slash", "absolute": "url"}
_FRACTIONS = {0: "seconds", 6: "microseconds"}
_PLANS = {60: "starter", 300: "business", 1000: "enterprise"}
_LIMIT = "x-ratelimit-limit"
# Columns of the database row that the product family returns with an image.
_FAMILY = frozenset({"slug", "hash", "credits", "payload", "response", "img_id", "updated_at"})


def locked_status_field(context: Context) -> Iterator[Setting]:
    if context.steps == ("json", "status") and context.statuses[0] == 409 and context.difference.kind in _ABSENT:
        yield Setting("locked_status_field", "absent" if context.difference.kind == "further" else "present")


def locked_message_field(context: Context) -> Iterator[Setting]:
    if context.steps in {("json", "message"), ("json", "error")} and context.statuses[0] == 409:
        recorded = _body(context, recorded=True)
        named = [name for name in ("message", "error") if isinstance(recorded.get(name), str)]
        if context.difference.kind in _ABSENT and len(named) == 1:
            yield Setting("locked_message_field", named[0])


def error_body(context: Context) -> Iterator[Setting]:
    if context.steps[:1] == ("json",) and context.statuses[0] >= 400:
        forms = [is_envelope(_body(context, recorded=side)) for side in (True, False)]
        if forms[0] != forms[1]:
            yield Setting("error_body", "envelope" if forms[0] else "flat")


def image_storage(context: Context) -> Iterator[Setting]:
    storage = _storage(context)
    if context.steps == ("json", "image_storage") or (_differs_in_address(context) and storage in _REMOTE):
        yield Setting("image_storage", storage)


def output_form(context: Context) -> Iterator[Setting]:
    if not _differs_in_address(context):
        return
    form = _address_form(context, recorded=True)
    if form and form.place in _FORMS:
        yield Setting("output_form", _FORMS[form.place])
    elif form:
        value = str(context.recorded_value())
        yield Setting("storage_url", origin_of(value))


def created_at(context: Context) -> Iterator[Setting]:
    value = context.recorded_value()
    if context.steps[-1:] == ("created_at",) and context.difference.kind == "form" and isinstance(value, str):
        form = date_form(value)
        yield Setting("created_at", _FRACTIONS.get(form.digits) if form and form.zone == "Z" else None)


def further_fields(context: Context) -> Iterator[Setting]:
    name = context.steps[-1] if context.steps else ""
    if context.difference.kind in _ABSENT and len(context.steps) > 2 and name in _FAMILY:
        yield Setting("further_fields", "family" if context.difference.kind == "missing" else "none")


def input_modifiers(context: Context) -> Iterator[Setting]:
    shown, received = context.recorded_value(), context.received_value()
    if context.steps[-1:] != ("input",) or not isinstance(shown, str) or not isinstance(received, str):
        return
    prompt = _prompt(context)
    if isinstance(prompt, list):
        parts = [str(part).strip() for part in prompt]
        if len(parts) > 1 and shown.startswith(parts[0]) and parts[1] in shown:
            yield Setting("prompt_separator", shown[len(parts[0]) : shown.index(parts[1], len(parts[0]))])
    elif len(shown) > len(received) and shown.startswith(received):
        yield Setting("input_modifiers", "appended")
    elif len(received) > len(shown) and received.startswith(shown):
        yield Setting("input_modifiers", "omitted")


def queued_engines(context: Context) -> Iterator[Setting]:
    if context.rule != "QUEUED":
        return
    engine = context.fields.get(engine_field()) or _engine_of_entry(context)
    current = list(context.behaviour.get("queued_engines") or ())
    if engine and context.difference.kind == "missing":
        yield Setting("queued_engines", sorted({*current, engine}))
    elif engine and context.difference.kind == "further":
        yield Setting("queued_engines", [each for each in current if each != engine])


def versions(context: Context) -> Iterator[Setting]:
    if context.rule == "VERSIONS":
        yield Setting("versions", _body(context, recorded=True))


def recent_order(context: Context) -> Iterator[Setting]:
    if context.rule != "RECENT-ORDER":
        return
    wanted, listed = context.difference.expected, context.difference.received
    if wanted == listed[::-1]:
        current = context.behaviour.get("recent_order", "newest-first")
        yield Setting("recent_order", "oldest-first" if current == "newest-first" else "newest-first")


def rates(context: Context) -> Iterator[Setting]:
    if context.rule != "RATE-HEADERS" or context.difference.where.endswith("retry-after"):
        return
    if context.difference.expected == "absent":
        yield Setting("rate_limit_headers", "refusal" if _refusal_has_limits(context) else "never")
        return
    response = context.recorded.response
    limit = response.headers.get(_LIMIT, "") if response else ""
    if context.behaviour.get("rate_limit", "none") == "none":
        yield Setting("rate_limit", _PLANS.get(int(limit)) if limit.isdigit() else None)
    else:
        yield Setting("rate_limit_headers", "always")


def cors(context: Context) -> Iterator[Setting]:
    if context.rule == "CORS":
        allowed = lower_names(context.recorded.response.headers if context.recorded.response else {})
        yield Setting("cors", "any" if "access-control-allow-origin" in allowed else "none")


def without_accept(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    accepts = "json" in context.headers.get("accept", "*/*")
    if accepts or before < 300 or context.difference.kind not in {"status", "body", "header"}:
        return
    # Only a refusal has a page or a redirect in place of JSON.
    if before == 302 or (before == after and before >= 400 and not _is_json(context)):
        yield Setting("without_accept", "redirect")
    elif after == 302 or (before == after and _is_json(context)):
        yield Setting("without_accept", "json")


def picture_size(context: Context) -> Iterator[Setting]:
    response = context.recorded.response
    picture = response.picture if response else None
    if context.rule != "IMG-SIZE" or not isinstance(picture, Picture):
        return
    maker = _maker(context)
    engine = engine_of(parameters(maker)) if maker else None
    if maker is None or engine is None:
        return
    if engine.role("size") is None:
        yield Setting("default_size", f"{picture.width}x{picture.height}")
    elif parameters(maker).get("type") == "upscale":
        source = next(iter(uploads(maker)), None)
        if source and source.width and picture.width:
            yield Setting("upscale_factor", round(picture.width / source.width) or None)


_ABSENT = frozenset({"missing", "further"})
BODIES: tuple[Recogniser, ...] = (
    error_body,
    locked_status_field,
    locked_message_field,
    image_storage,
    output_form,
    created_at,
    queued_engines,
    further_fields,
    input_modifiers,
    versions,
    recent_order,
    rates,
    cors,
    without_accept,
    picture_size,
)


def _body(context: Context, *, recorded: bool) -> Any:
    response = (context.recorded if recorded else context.reissued).response
    return response.json if response else None


def _storage(context: Context) -> Any:
    """Return the storage that the replies to generations name, this one first."""
    bodies = [context.recorded.response, *(exchange.response for exchange in context.exchanges)]
    named = (reply.json["image_storage"] for reply in bodies if reply and _names_storage(reply.json))
    return next(named, None)


def _names_storage(body: Any) -> bool:
    return isinstance(body, dict) and "image_storage" in body


def _is_json(context: Context) -> bool:
    response = context.recorded.response
    return response is not None and isinstance(response.json, dict | list)


def _differs_in_address(context: Context) -> bool:
    """Return whether the addresses are at different places; a suffix or a query is not a setting."""
    if context.steps[-1:] != ("output",) or context.difference.kind != "form":
        return False
    forms = [_address_form(context, recorded=side) for side in (True, False)]
    return forms[0] is not None and forms[1] is not None and forms[0].place != forms[1].place


def _address_form(context: Context, *, recorded: bool) -> AddressForm | None:
    value = context.recorded_value() if recorded else context.received_value()
    origin = origin_of(context.outcome.recording.manifest.target) if recorded else context.outcome.target.origin
    return address_form(value, origin) if isinstance(value, str) else None


def _prompt(context: Context) -> Any:
    engine = engine_of(context.fields)
    return context.fields.get(engine.prompt) if engine else None


def _engine_of_entry(context: Context) -> Any:
    """Return the engine of the image that an entry of recent-images shows."""
    entry = _at_entry(context)
    for exchange in context.exchanges:
        body = exchange.response.json if exchange.response else None
        images = body.get("images") if isinstance(body, dict) else None
        if entry and any(isinstance(each, dict) and each.get("id") == entry.get("id") for each in images or ()):
            fields = exchange.request.json
            return fields.get(engine_field()) if isinstance(fields, dict) else None
    return None


def _at_entry(context: Context) -> dict[str, Any] | None:
    body = _body(context, recorded=True)
    index = context.steps[1] if len(context.steps) > 1 else ""
    entry = body[int(index)] if isinstance(body, list) and index.isdigit() and int(index) < len(body) else None
    return entry if isinstance(entry, dict) else None


def _refusal_has_limits(context: Context) -> bool:
    """Return whether a refusal of the recording has the headers of a rate limit."""
    replies = (exchange.response for exchange in context.outcome.recording.exchanges)
    return any(reply is not None and reply.status == 429 and _LIMIT in reply.headers for reply in replies)


def _maker(context: Context) -> Request | None:
    """Return the request that made a picture."""
    target = context.recorded.request.target
    made = (each for each in context.exchanges if is_generation(each))
    return next((each.request for each in made if target in [entry.get("output") for entry in entries_of(each)]), None)
