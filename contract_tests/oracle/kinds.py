"""The kind of a generation request: documented, ruled out by the documentation, or open."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from contract_tests.oracle.engines import Engine, Node, choices, engine_of, text

# Services may separate width and height in other ways; without two numbers it is not a size for any of them.
_RESOLUTION = re.compile(r"[1-9].*\D.*[1-9]", re.DOTALL)
_STARTS_AS_NUMBER = re.compile(r"\s*\+?0*[1-9]")
_NUMBER = re.compile(r"\s*[-+]?[0-9]")
# Short and plain: how long a prompt may be, and of which characters, is not documented.
_ORDINARY_TEXT = re.compile(r"[A-Za-z][A-Za-z ,.'-]{2,98}")
REAL_IMAGE = "(a real image)"
ANY_UPLOAD = "(an upload)"


class Kind(StrEnum):
    """The relation of a request to the documentation."""

    BARE = "without a body"
    DOCUMENTED = "documented"
    OPEN = "undocumented either way"
    WITHOUT_SOURCE = "without its source image only"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    UNAUTHENTICATED = "without a valid token"
    UNLISTED = "with a method that is not listed"

    @property
    def wrong(self) -> bool:
        """Whether the refusal of such a request is about its parameters."""
        return self in {Kind.BARE, Kind.WITHOUT_SOURCE, Kind.INVALID, Kind.UNREADABLE}


def kind_of(parameters: Any, *, one: int | str = 1) -> Kind:
    """Return the kind of a request by its parameters; `one` is how the number 1 is written there.

    An upload is REAL_IMAGE or ANY_UPLOAD among the parameters.
    """
    if not isinstance(parameters, dict):
        return Kind.UNREADABLE
    if plainly_documented(parameters, one=one):
        return Kind.DOCUMENTED
    if not plainly_invalid(parameters):
        return Kind.OPEN
    return Kind.WITHOUT_SOURCE if _lacks_only_a_source(parameters) else Kind.INVALID


def plainly_documented(parameters: Mapping[str, Any], *, one: int | str = 1) -> bool:
    """Return whether the documentation describes the request, and nothing in it is unusual."""
    engine = engine_of(parameters)
    if engine is None or not engine.documented or plainly_invalid(parameters):
        return False
    return all(_is_ordinary(engine, name, value, one) for name, value in parameters.items())


def plainly_invalid(parameters: Mapping[str, Any]) -> bool:
    """Return whether a request lacks a required parameter or has a value that is not offered.

    A value that a lenient service may accept does not count.
    """
    engine = engine_of(parameters)
    if engine is None or not countable(parameters.get(engine.count)):
        return True
    if any(_missing(engine, name, parameters.get(name)) for name in engine.required):
        return True
    return any(
        _is_wrong(schema, parameters[name])
        for name, schema in engine.properties.items()
        if name != engine.count and not _blank(parameters.get(name))
    )


def countable(value: Any) -> bool:
    """Return whether some service may read the value as a number of at least 1, by its first digits for example."""
    if isinstance(value, str) and _STARTS_AS_NUMBER.match(value):
        return True
    try:
        # float, since a cast may accept true, 1.5 or "1e3" too.
        return not isinstance(value, list | dict) and float(value) >= 1
    except (TypeError, ValueError):
        return False
    except OverflowError:  # an integer beyond the largest float
        return bool(value > 0)


def _lacks_only_a_source(parameters: Mapping[str, Any]) -> bool:
    engine = engine_of(parameters)
    source = engine.role("source") if engine and engine.needs_source else None
    if source is None or not _blank(parameters.get(source)):
        return False
    return not plainly_invalid({**parameters, source: ANY_UPLOAD})


def _is_ordinary(engine: Engine, name: str, value: Any, one: int | str) -> bool:
    """Return whether every service that follows the documentation accepts the value, whatever limits it has."""
    schema = engine.properties.get(name)
    if schema is None:
        return False
    if name == engine.count:
        # No number but 1, as a service may have a limit; and the type, since 1 == True == 1.0.
        return (type(value), value) == (type(one), one)
    if name == engine.prompt:
        return isinstance(value, str) and _ORDINARY_TEXT.fullmatch(value) is not None
    if schema.get("format") == "binary":
        return bool(value == REAL_IMAGE)
    known = [*choices(schema), *schema.get("examples", ())]
    written = known if isinstance(one, int) else [str(each) for each in known]
    return any(type(value) is type(each) and value == each for each in written)


def _is_wrong(schema: Node, value: Any) -> bool:
    """Return whether the value is not one that the document offers, however a service reads it."""
    if known := choices(schema):
        return text(value) not in map(str, known)
    if schema.get("x-role") == "size":
        return not _RESOLUTION.search(text(value))
    if schema.get("type") in {"integer", "number"}:
        return not isinstance(value, bool) and not _NUMBER.match(text(value))
    return False


def _missing(engine: Engine, name: str, value: Any) -> bool:
    """Return whether every service misses the value; a blank prompt is a text that some accept [VALID-TRIM]."""
    return value is None if name == engine.prompt else _blank(value)


def _blank(value: Any) -> bool:
    """Return whether every service reads the value as absent."""
    # Services differ in the white space beyond ASCII that they trim.
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n"))
