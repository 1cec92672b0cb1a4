"""Strict parsing of HTML."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib


def parsed(text: str) -> Element:
    """Return the tree of a page; fail on anything that a browser would have to repair."""
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return tree


def text_of(element: Element) -> str:
    """Return all the text in an element."""
    return "".join(element.itertext())


def with_id(tree: Element, name: str) -> Element:
    """Return the element of that id."""
    (found,) = (each for each in tree.iter() if each.get("id") == name)
    return found


def of_class(tree: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a class."""
    return (each for each in tree.iter() if name in (each.get("class") or "").split())
