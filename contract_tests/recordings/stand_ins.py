"""Stand-ins: random texts of the shape of what they replace, the same for the same text in a whole recording."""

import random
import re
import string
from collections.abc import Callable, Iterable
from threading import RLock

from contract_tests.recordings.vocabulary import is_public

# Returns a random text of the shape of another, so many characters longer.
Draw = Callable[[str, int], str]

# Shorter ones are too few to tell all that they replace apart; longer ones would only fill the files.
_MIN_LETTERS, _MIN_DIGITS, _MAX_CHARACTERS = 4, 3, 128
_TRIES = 30
_MIN_HEX = 8
_HEX = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]+|(?=.*[0-9])(?=.*[A-F])[0-9A-F]+")
_UUID_LENGTHS = (8, 4, 4, 4, 12)
_MAX_PORT = 65535
_MAX_POWER = 300
# A scanner for secrets would take them for keys.
_LIKE_KEYS = re.compile(r"eyJ|AKIA|ASIA|ghp|xox")
_OTHER_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"


class StandIns:
    """Allocates stand-ins. known: those of a recording that is sanitised again, which stay. Thread-safe."""

    def __init__(self, seed: int, known: Iterable[str] = ()) -> None:
        # The seed of a recording is public: what is drawn depends only on the shape of what is replaced.
        self._random = random.Random(seed)
        self._of: dict[str, str] = {}
        self._known = dict.fromkeys(known)
        self._lock = RLock()

    @property
    def all(self) -> list[str]:
        """The stand-ins in the order in which they were allocated."""
        with self._lock:
            return list(self._known)

    def word(self, text: str, *, sensitive: bool = False) -> str:
        """Return the stand-in of a word of letters and digits, itself if it is one.

        sensitive: the word is replaced although it is a public one, for example as a part of a token.
        """
        if not (text.isascii() and text.isdigit()):
            return self._allocated(text, self._letters, _key(text, sensitive=sensitive))
        # Leading zeros are kept, so that a number stays the same number with and without them.
        rest = text.lstrip("0")
        if not rest:
            return text
        key = _key(rest, sensitive=sensitive or is_public(rest))
        return text[: len(text) - len(rest)] + self._allocated(rest, self._digits, key)

    def number(self, text: str) -> str:
        """Return the stand-in of a number that is not whole, as Python writes it."""
        return self._allocated(text, self._decimal)

    def replaces(self, text: str) -> bool:
        """Return whether the text has a stand-in, or is one."""
        return text in self._of or text in self._known

    def email(self, text: str) -> str:
        return self._allocated(text, lambda each, extra: f"{self._letters(each.partition('@')[0], extra)}@example.com")

    def uuid(self, text: str) -> str:
        return self._allocated(text, self._uuid)

    def _allocated(self, text: str, draw: Draw, key: str = "") -> str:
        key = key or text
        with self._lock:
            if text in self._known:
                return text
            if key not in self._of:
                drawn = self._new(text, draw)
                self._of[key] = drawn
                self._known[drawn] = None
            return self._of[key]

    def _new(self, text: str, draw: Draw) -> str:
        extra = 0
        while True:
            for _ in range(_TRIES):
                drawn = draw(text, extra)
                if self._free(drawn):
                    return drawn
            extra += 1

    def _free(self, drawn: str) -> bool:
        taken = drawn in self._known or drawn in self._of
        return not (taken or is_public(drawn) or _LIKE_KEYS.match(drawn))

    def _letters(self, text: str, extra: int) -> str:
        hexadecimal = len(text) >= _MIN_HEX and _HEX.fullmatch(text)
        return "".join(
            self._like(each, hexadecimal=bool(hexadecimal)) for each in _stretched(text, _MIN_LETTERS, extra)
        )

    def _digits(self, text: str, extra: int) -> str:
        length = min(max(len(text), _MIN_DIGITS), _MAX_CHARACTERS) + extra
        # A port stays one.
        last = _MAX_PORT if length == len(str(_MAX_PORT)) else 10**length - 1
        return str(self._random.randint(10 ** (length - 1), last))

    def _decimal(self, text: str, extra: int) -> str:
        mantissa, exponent, power = text.partition("e")
        longer = f"{mantissa}{'' if '.' in mantissa else '.'}{'1' * extra}" if extra else mantissa
        drawn = "".join(self._random.choice("123456789") if each.isdigit() else each for each in longer)
        # The smallest numbers are too few, and there is a largest one.
        return repr(float(f"{drawn}{exponent}{min(max(int(power), -_MAX_POWER), _MAX_POWER) if power else ''}"))

    def _uuid(self, text: str, extra: int) -> str:
        del extra  # there are enough
        drawn = f"{self._random.getrandbits(128):032x}"
        parts = [drawn[sum(_UUID_LENGTHS[:at]) :][:length] for at, length in enumerate(_UUID_LENGTHS)]
        # The version and the variant are part of the shape.
        parts[2], parts[3] = f"4{parts[2][1:]}", f"a{parts[3][1:]}"
        joined = "-".join(parts)
        return joined.upper() if text.upper() == text else joined

    def _like(self, character: str, *, hexadecimal: bool) -> str:
        """Return a random character of the same kind."""
        if not character.isascii():
            return self._random.choice(_OTHER_LETTERS)
        if character.isdigit():
            return self._random.choice(string.digits)
        letters = string.ascii_lowercase[:6] if hexadecimal else string.ascii_lowercase
        drawn = self._random.choice(letters)
        return drawn.upper() if character.isupper() else drawn


def _key(text: str, *, sensitive: bool) -> str:
    """Return what identifies a word; where it is not sensitive, a public word is never replaced."""
    return f"sensitive {text}" if sensitive else text


def _stretched(text: str, least: int, extra: int) -> str:
    """Return a text of the length of the stand-in, whose characters show the kinds that it has."""
    cut = text[:_MAX_CHARACTERS]
    return cut + cut[-1] * (max(0, least - len(cut)) + extra)
