"""Believable pasts: prompts by Faker in several languages and scripts, for the engines of the document."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from .contract import Contract
from .contract.parameters import Variant, choices
from .contract.roles import parse_size
from .domain.behaviour import Behaviour
from .domain.history import History, Invent, PastImage

if TYPE_CHECKING:
    from faker import Faker

_DEFAULT_TYPE = "text-to-image"
_LOCALES = ["en_US", "de_DE", "fr_FR", "ja_JP", "ar_AA", "hi_IN", "zh_CN"]
_ENGLISH = (
    "A portrait of a {job}, {color} light",
    "{city} at dusk, seen from a rooftop, {color} sky",
    "A {color} teapot on a linen cloth in {city}",
    "Poster for a {job} in {city}, flat colours",
)


def make_inventor(contract: Contract, behaviour: Behaviour, seed: int) -> Invent:
    """Return the function that invents the past of a world; it imports Faker when it is first called."""
    looks = tuple(_looks(contract, behaviour))

    @lru_cache(maxsize=100)
    def invent(world: str, history: History) -> Sequence[PastImage]:
        chance = Random(f"{seed}/{world}")  # noqa: S311 (repeatable, not secret)
        faker = _faker(chance.getrandbits(32))
        return tuple(_past_image(faker, chance, looks) for _ in range(history.images))

    return invent


def _looks(contract: Contract, behaviour: Behaviour) -> Iterator[PastImage]:
    """Yield an image without prompt for each engine, type and size that needs no upload."""
    operation = contract.generation
    for variant in operation.parameters.variants() if operation and operation.parameters else ():
        if variant.roles.engine and not variant.files & variant.missing.keys():
            types = _choices(variant, variant.roles.type) or [_DEFAULT_TYPE]
            sizes = _choices(variant, variant.roles.size) or [behaviour.default_size]
            for size in filter(None, map(parse_size, sizes)):
                yield PastImage(_choices(variant, variant.roles.engine)[0], "", *size, types[0])


def _choices(variant: Variant, name: str | None) -> list[str]:
    schema = variant.properties[name] if name else {}
    return [str(each) for each in choices(schema) or schema.get("examples", ())]


def _faker(seed: int) -> "Faker":
    from faker import Faker  # half a second, and only a world with a past needs it

    faker = Faker(_LOCALES)
    faker.seed_instance(seed)
    return faker


def _past_image(faker: "Faker", chance: Random, looks: Sequence[PastImage]) -> PastImage:
    # Sorted: a set has no order, and a seed must give the same past. The engine first: each is as likely, with few
    # sizes or many.
    engine = chance.choice(sorted({each.engine for each in looks}))
    look = chance.choice([each for each in looks if each.engine == engine])
    return PastImage(engine, _prompt(faker, chance), look.width, look.height, look.mode)


def _prompt(faker: "Faker", chance: Random) -> str:
    """Return an English prompt half of the time, else one in another language."""
    english = faker[_LOCALES[0]]
    if chance.random() < 0.5:
        words = {"job": english.job().lower(), "city": english.city(), "color": english.color_name().lower()}
        return chance.choice(_ENGLISH).format(**words)
    other = faker[chance.choice(_LOCALES[1:])]
    return f"{other.city()}: {other.sentence(5)}"
