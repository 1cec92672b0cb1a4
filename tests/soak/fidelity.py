"""How alike a mock with a measured profile is: `python tests/soak/fidelity.py [--any] [SERVERS] [SEQUENCES] [SEED]`.

Each drawn server is calibrated twice, within 10 credits with all roles and within 3 with one account. Then it and a
mock with the profile get the same random sequences of calls. Without --any, the servers are drawn without the ways that
no setting of the mock expresses.
"""

import sys
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from contract_tests.wrong_servers.drawn.drawing import draw  # noqa: E402
from support.calibrated import CAPS, calibrate, expressed, likeness  # noqa: E402

_CAUSES = 6
_ENOUGH = 0.95


def main(servers: int = 20, sequences: int = 1000, first: int = 1, *, any_way: bool = False) -> None:
    total: Counter[tuple[str, ...]] = Counter()
    for seed in range(first, first + servers):
        drawn = draw(seed) if any_way else expressed(draw(seed))
        print(f"seed {seed}: {drawn}", flush=True)
        for roles in CAPS:
            found = calibrate(drawn, roles)
            result = likeness(drawn, found.profile, seed, sequences)
            total[roles] += result.share_of_replies >= _ENOUGH
            total[(*roles, "usual")] += result.share_of_usual_replies >= _ENOUGH
            print(
                f"  {len(roles)} roles: {found.charged} credits, {result.share_of_replies:.1%} of {result.replies} "
                f"replies, {result.share:.1%} of the sequences, {result.share_of_usual_replies:.1%} of the replies to "
                f"an account with credits; {dict(result.causes.most_common(_CAUSES))}",
                flush=True,
            )
    for roles, count in total.items():
        print(f"{count} of {servers} at 95%: {', '.join(roles)}")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:] if each.isdecimal()), any_way="--any" in sys.argv)
