"""The suite at the pace of a server, which itself knows nothing of the suite."""

import httpx

from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.runner.target import Target
from contract_tests.wrong_servers.pace import Pace


def transport_at(pace: Pace, target: Target, budget: Budget, client: httpx.Client | None = None) -> Transport:
    """Return a transport to a server whose time passes at this pace."""
    masker = Masker(target.secrets)
    return Transport(target, masker, budget, client=client, clock=pace.seconds, sleep=pace.sleep, now=pace.now)
