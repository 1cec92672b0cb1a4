"""The targets of links and the names on a page exist."""

import re

import pytest

from support.pages import ROOT, Page, page, pages

ROOTS = "mock_server|contract_tests|tests|openapi|fixtures|docs|http|domain|stores|service|faults|insight|control"


def anchors(each: Page) -> set[str]:
    """Return the anchors of a page's headings as GitHub generates them."""
    headings = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", each.text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_every_linked_or_named_path_exists(each: Page) -> None:
    linked = {link for link in re.findall(r"\]\(([^)#]+)\)", each.text) if not link.startswith("http")}
    named = set(re.findall(rf"`((?:{ROOTS})/[\w./-]+)`", each.text))
    assert [link for link in linked if not (each.path.parent / link).exists()] == []
    assert [name for name in named if not any((base / name).exists() for base in (ROOT, ROOT / "mock_server"))] == []


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_every_linked_anchor_is_a_heading(each: Page) -> None:
    for file, anchor in re.findall(r"\]\(([\w./-]*\.md)?#([^)]+)\)", each.text):
        assert anchor in anchors(page((each.path.parent / file).stem) if file else each), f"{file}#{anchor}"
