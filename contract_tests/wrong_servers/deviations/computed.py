"""Computed deviations that are always tried: few were written for their rule, or they found a fault of the suite."""

from contract_tests.wrong_servers.catalogue import add
from contract_tests.wrong_servers.generated.mutants import mutants

_NAMES = (
    "account-of-similar",  # it alone shows that a test can fail
    "versions-missing",  # it passed VERSIONS
    "versions-list-later",
    "recent-of-one-less",
    "recent-of-one-less-later",
    "recent-of-one-more-later",
    "recent-of-with-others",
    "record-also-for-another",
)
for _name in _NAMES:
    add(mutants()[_name])
