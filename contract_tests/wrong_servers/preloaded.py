"""Imports for all runs of a selftest; the processes of the runs are forked from one that has imported this."""

import gc

from hypothesis import strategies

from contract_tests.fuzz import engine
from contract_tests.wrong_servers import trial

__all__ = ["trial"]

with engine.temporary_hypothesis_home():
    # Hypothesis collects all characters once in each process, which takes a second.
    strategies.characters(codec="utf-8").validate()

# Imported objects are never garbage: without them a collection in the process of a run is quicker, and copies no pages.
gc.collect()
gc.freeze()
