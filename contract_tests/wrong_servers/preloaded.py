"""What every run of a selftest needs, imported and worked out once for all of them."""

from hypothesis import strategies

from contract_tests.fuzz import engine
from contract_tests.wrong_servers import judging

__all__ = ["judging"]

with engine.nothing_left_behind():
    # Hypothesis works out once in each process which characters there are, which takes a second.
    strategies.characters(codec="utf-8").validate()
