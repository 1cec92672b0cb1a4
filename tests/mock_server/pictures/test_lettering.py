"""Cleaning, measuring and wrapping of text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.pictures.lettering import ELLIPSIS, LONGEST_TEXT, cleaned, font_of, width_of, wrapped


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  a\tfox\r\n\0 runs\u2028on ", "a fox runs on"),
        ("caf\u00e9 Z\u00fcrich \u2014 na\u00efve", "cafe Zurich - naive"),
        ("cat\u200d\ufe0f", "cat"),
        ("\u5915\u66ae", "\u5915\u66ae"),
        ("", ""),
    ],
)
def test_text_is_cleaned_to_one_line_that_the_font_can_draw(text: str, line: str) -> None:
    assert cleaned(text) == line


def test_only_the_start_of_a_long_text_is_looked_at() -> None:
    assert len(cleaned("a" * 10**6)) == LONGEST_TEXT


@settings(deadline=None)
@given(st.text(), st.integers(10, 40), st.integers(60, 400), st.integers(1, 6))
def test_lines_fit_the_width_and_their_number(text: str, size: int, width: int, most_lines: int) -> None:
    lines, _ = wrapped(cleaned(text), size, width, most_lines)
    assert len(lines) <= most_lines
    assert all(width_of(line, size) <= width for line in lines)


@settings(deadline=None)
@given(st.text("ab \u5915", max_size=200), st.integers(60, 400))
def test_no_letter_is_lost_where_lines_suffice(text: str, width: int) -> None:
    lines, whole = wrapped(cleaned(text), 12, width, 1000)
    assert whole
    assert "".join(lines).replace(" ", "") == cleaned(text).replace(" ", "")


def test_lines_end_at_spaces() -> None:
    assert wrapped("one two three", 12, width_of("one two t", 12), 5) == (["one two", "three"], True)


def test_text_that_is_cut_ends_in_an_ellipsis() -> None:
    lines, whole = wrapped("word " * 100, 12, 120, 3)
    assert not whole
    assert lines[-1].endswith(ELLIPSIS)


def test_a_character_that_the_font_lacks_takes_room() -> None:
    assert width_of("\U0001f408", 20) > 0


def test_a_font_is_loaded_once_for_each_size() -> None:
    assert font_of(20) is font_of(20)
