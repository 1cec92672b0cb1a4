"""Client rules about spending: generations whose reply was lost, and the pictures that were paid for."""

from collections.abc import Sequence

from mock_server.domain.entry import PICTURE, Entry

from .evidence import GENERATE, RECENT, Evidence, Key, Occurrence, answered, ids, key, unknown


def resent_blindly(entries: Sequence[Entry]) -> Evidence:
    """Return the calls repeated after an unknown outcome, without a call of recent-images. [CLIENT-BLIND-RESEND]"""
    met: list[Entry] = []
    chains: list[list[Entry]] = []
    open_chains: dict[Key, list[Entry]] = {}
    for entry in entries:
        if entry.operation == RECENT and answered(entry, 200):
            open_chains.clear()
        if entry.operation != GENERATE:
            continue
        same, lost = key(entry), unknown(entry)
        chain = open_chains.get(same)
        if lost:
            met.append(entry)
        if chain and _resent(chain[0], entry):
            chain.append(entry)
        elif lost:
            chains.append([entry])
            open_chains[same] = chains[-1]
        if not lost and entry.status == 200:
            open_chains.pop(same, None)
    return Evidence(ids(met), tuple(_resending(chain) for chain in chains if len(chain) > 1))


def _resent(first: Entry, second: Entry) -> bool:
    """Return whether the second was sent after the first had ended, or overlapped with it and was not refused."""
    refused = second.status is not None and 400 <= second.status < 500
    return second.at >= first.ended or not refused


def _resending(chain: Sequence[Entry]) -> Occurrence:
    event = f"A generation {_loss(chain[0])}, and the client repeated it without a call of recent-images."
    return Occurrence(ids(chain), f"{event}{_browser(chain)}")


def _browser(chain: Sequence[Entry]) -> str:
    """Return a sentence if a browser may have repeated the request, and not the code of the client."""
    is_browser = any(name == "sec-fetch-mode" for name, _ in chain[0].headers)
    if chain[0].status is not None or not is_browser:
        return ""
    return (
        f" The browser may have sent it {len(chain)} times by itself: it repeats a request whose reused connection "
        "closed without a reply."
    )


def _loss(entry: Entry) -> str:
    if entry.status is None:
        return "got no reply"
    if not entry.complete:
        return "lost the connection before the end of its reply"
    return "had an unreadable reply" if entry.status == 200 else f"was answered with {entry.status}"


def leaked_token(entries: Sequence[Entry]) -> Evidence:
    """Return the requests for a picture that carry the token. [CLIENT-TOKEN-LEAK]"""
    pictures = [entry for entry in entries if entry.operation == PICTURE]
    leaks = [
        Occurrence((each.id,), f"The request for {each.path} carried the token.")
        for each in pictures
        if each.authorized
    ]
    return Evidence(ids(pictures), tuple(leaks))


def left_unfetched(entries: Sequence[Entry]) -> Evidence:
    """Return the images that were paid for and never fetched. [CLIENT-UNFETCHED]"""
    met: list[Entry] = []
    unfetched: list[Occurrence] = []
    fetched: set[str | None] = set()
    # Backwards: only a fetch after its generation counts.
    for entry in reversed(entries):
        if entry.operation == PICTURE and entry.method == "GET" and answered(entry, 200):
            fetched.add(entry.picture)
        if entry.operation == GENERATE and entry.made and not unknown(entry) and answered(entry, 200):
            met.append(entry)
            if missing := [title for title in entry.made if title not in fetched]:
                unfetched.append(_unfetched(entry, missing))
    return Evidence(ids(reversed(met)), tuple(reversed(unfetched)))


def _unfetched(entry: Entry, missing: Sequence[str]) -> Occurrence:
    named = ", ".join(missing[:3]) + (" ..." if len(missing) > 3 else "")
    return Occurrence((entry.id,), f"{len(missing)} of {len(entry.made)} images were never fetched: {named}.")
