"""Forms of addresses and dates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.comparison.forms import address_form, address_key, date_form, instant, kind_of_value, plain

ORIGIN = "https://api.example"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("uploads/a.png", "relative, ending in .png"),
        ("/uploads/a.JPG", "slashed, ending in .jpg"),
        ("https://api.example/uploads/a.webp", "absolute, ending in .webp"),
        ("https://bucket.s3.example/a?X-Sig=1&Expires=2", "remote, without a suffix with the query Expires, X-Sig"),
        ("uploads/a", "relative, without a suffix"),
    ],
)
def test_an_address_has_a_form(address: str, form: str) -> None:
    assert str(address_form(address, ORIGIN)) == form


def test_the_key_of_an_address_is_without_signature_and_host() -> None:
    assert (
        address_key("https://a.example/uploads/x.png?sig=1") == address_key("/uploads/x.png?sig=2") == "uploads/x.png"
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-02-26T10:00:00Z", "whole seconds, Z"),
        ("2026-02-26T10:00:00.000000Z", "a fraction of 6 digits, Z"),
        ("2026-02-26 10:00:00+05:30", "whole seconds, +05:30"),
        ("2026-02-26T10:00:00", "whole seconds, no zone"),
    ],
)
def test_a_date_has_a_form(text: str, form: str) -> None:
    assert str(date_form(text)) == form


def test_a_fraction_without_its_zeros_fits_any_other() -> None:
    whole, trimmed, micro, milli = (date_form(f"2026-02-26T10:00:00{part}Z") for part in ("", ".12", ".123456", ".123"))
    assert whole
    assert trimmed
    assert micro
    assert milli
    fits = [micro.fits(trimmed), trimmed.fits(milli), micro.fits(milli), whole.fits(micro)]
    assert fits == [True, True, False, False]


def test_dates_with_other_zones_are_the_same_instant() -> None:
    assert instant("2026-02-26T10:00:00Z") == instant("2026-02-26T15:30:00.000+05:30") == 1772100000.0


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-02-26T25:00:00Z"])
def test_another_text_is_not_an_instant(text: str) -> None:
    assert instant(text) is None


@given(st.text(alphabet="htp:/[]?#@.%\u00e91", max_size=30))
def test_any_text_has_the_form_and_the_key_of_an_address(text: str) -> None:
    assert address_form(text, ORIGIN).place in {"relative", "slashed", "absolute", "remote"}
    assert not address_key(text).startswith("/")


def test_whole_floats_are_integers() -> None:
    assert (plain(3.0), plain(3.5), kind_of_value(3.0), kind_of_value(True)) == (3, 3.5, "number", "boolean")
