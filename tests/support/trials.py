"""A trial as the selftest makes it, for tests that change parts of it."""

from contract_tests.wrong_servers.trial import Trial

TRIAL = Trial("lock-ignored", "control", 1, 1, 2.0, ("LOCK-ONE",), (), {}, None, reports=True)
