"""Imports for all runs of a selftest; the processes of the runs are forked from one that has imported this."""

import gc

import httpx
import schemathesis
from hypothesis import strategies
from PIL import Image

from contract_tests.client.masking import Secret
from contract_tests.fuzz import engine
from contract_tests.oracle import samples
from contract_tests.oracle.contract import load_contract
from contract_tests.runner.session import estimate
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Account, Target
from contract_tests.wrong_servers import trial

__all__ = ["trial"]


def _use() -> None:
    """Use what imports its parts on demand, and whatever computes a table once; start no thread."""
    with engine.temporary_hypothesis_home():
        # Hypothesis collects all characters once in each process, which takes a second.
        strategies.characters(codec="utf-8").validate()
        list(schemathesis.openapi.from_dict(dict(load_contract().document)).get_all_operations())
    samples.any_prompt(0)
    Image.init()
    httpx.Client().close()
    nowhere = Target("http://127.0.0.1:9/api/v1", {"primary": Account("primary", Secret("none"))})
    estimate(Settings(nowhere))


_use()

# Imported objects are never garbage: without them a collection in the process of a run is quicker, and copies no pages.
gc.collect()
gc.freeze()
