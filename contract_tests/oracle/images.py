"""The images in a reply, by their documented fields alone, and whether two replies show the same image."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urldefrag

# The documented fields of an image in the replies of both generate-image and recent-images [RECENT-SAME].
COMMON = ("id", "title", "input", "output")
_LISTED = (*COMMON, "created_at")
# Recent images may shorten the prompt, as the example of the documentation does.
_SHORTENED = ("...", "\u2026")


def documented(image: Mapping[str, Any]) -> dict[str, Any]:
    """Return the image without the fields that the documentation does not give it; they may differ by reply."""
    return {key: _plain(image[key]) for key in _LISTED if key in image}


def _plain(value: Any) -> Any:
    """Return 3.0 as 3, since JSON has one kind of numbers and a service may write them in either way."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def common_part(image: Mapping[str, Any], *, queues: bool = False) -> dict[str, Any]:
    """Return what the replies of generate-image and recent-images have in common of an image.

    queues: whether its engine may queue, so that recent images show another output later [QUEUED].
    """
    return {key: image.get(key) for key in COMMON if not (queues and key == "output")}


def differences(made: Mapping[str, Any], listed: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields in which a listed image contradicts the common part of the one that was made [RECENT-SAME]."""
    for key in COMMON:
        if key in made and made.get(key) != listed.get(key) and not (key == "input" and _is_shortened(made, listed)):
            yield key


def same(made: Mapping[str, Any], listed: Mapping[str, Any]) -> bool:
    """Return whether both replies show the same image."""
    return not any(differences(made, listed))


SAME = "the same id, title, input and output among the recent images"


def contradiction(made: Mapping[str, Any], listed: Mapping[str, Any] | None) -> str:
    """Return how a listed image contradicts the one that was made, None for one that is not listed; "" if it does not.

    In words that are the same for every image.
    """
    wrong = list(differences(made, listed)) if listed is not None else []
    return f"another {' and '.join(wrong)}" if wrong else "" if listed is not None else "no such image"


def shared_addresses(images: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return each address to which the output of several images leads, with these images.

    Pictures may be equal, and titles too; but an address leads to one picture.
    """
    leading = defaultdict[str, list[Mapping[str, Any]]](list)
    for image in images:
        # A browser keeps the fragment to itself, and a path on the API's host may begin with a slash or not.
        leading[urldefrag(str(image.get("output"))).url.removeprefix("/")].append(image)
    return {address: those for address, those in leading.items() if len(those) > 1}


def is_shortened_text(text: str) -> bool:
    """Return whether an input ends with the mark of a shortened one."""
    return text.endswith(_SHORTENED)


def _is_shortened(made: Mapping[str, Any], listed: Mapping[str, Any]) -> bool:
    whole, shown = str(made.get("input")), str(listed.get("input"))
    for mark in _SHORTENED:
        if shown.endswith(mark) and (start := shown.removesuffix(mark).rstrip()):
            return whole.startswith(start)
    return False
