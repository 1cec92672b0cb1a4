"""The conditions under which a changed decision applies."""

from collections.abc import Callable
from dataclasses import dataclass

from contract_tests.wrong_servers.generated.subjects import Subject
from contract_tests.wrong_servers.parameters import ENGINES
from contract_tests.wrong_servers.service import OPERATIONS
from contract_tests.wrong_servers.state import token_of

_COLUMN = 255  # the length of a text column, where longer prompts may be treated differently
_ASCII = 0x7F


@dataclass(frozen=True)
class Condition:
    """phrase: the end of a sentence, empty if the condition always holds."""

    name: str
    phrase: str
    holds: Callable[[Subject], bool]


def _by_engine(name: str) -> Condition:
    return Condition(name, f"by {name}", lambda subject: subject.engine == name)


def _by_operation(name: str) -> Condition:
    return Condition(name, f"of {name}", lambda subject: subject.operation == name)


ALWAYS = Condition("always", "", lambda _: True)
ENGINE_CONDITIONS = tuple(_by_engine(engine.name) for engine in ENGINES)
OPERATION_CONDITIONS = tuple(_by_operation(operation.path) for operation in OPERATIONS)

# When and for whom a call is made, whatever it is.
CALL = (
    ALWAYS,
    Condition("first", "for the first such call of an account", lambda subject: subject.earlier == 0),
    Condition("later", "from the second such call of an account on", lambda subject: subject.earlier > 0),
    Condition("after-refusal", "after a refused generation of the account", lambda subject: subject.refused),
    Condition("primary", "for one account", lambda subject: subject.token == token_of("primary")),
    Condition("others", "for all accounts but one", lambda subject: subject.token != token_of("primary")),
)
# The content of a generation.
GENERATION = (
    *CALL,
    *ENGINE_CONDITIONS,
    Condition("json", "for a request in JSON", lambda subject: not subject.form),
    Condition("form", "for a form", lambda subject: subject.form),
    Condition("single", "for a single image", lambda subject: subject.images == 1),
    Condition("several", "for several images at once", lambda subject: subject.images > 1),
    Condition("fine", "in high definition", lambda subject: subject.fine),
    Condition("modified", "with modifiers", lambda subject: subject.modified),
    Condition("from-image", "from an uploaded image", lambda subject: subject.from_image),
)
PROMPT = (
    *GENERATION,
    Condition("long", f"of more than {_COLUMN} characters", lambda subject: len(subject.prompt) > _COLUMN),
    Condition("foreign", "beyond ASCII", lambda subject: any(ord(each) > _ASCII for each in subject.prompt)),
)
IMAGE = (*GENERATION, Condition("odd", "with an odd id", lambda subject: subject.id % 2 == 1))
ADMISSION = (*CALL, *OPERATION_CONDITIONS)
CONDITIONS = {each.name: each for each in (*PROMPT, *IMAGE, *ADMISSION)}
