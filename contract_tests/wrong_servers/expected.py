"""Whether the result of a trial is as expected of the server, and its summary."""

from contract_tests.wrong_servers.catalogue import Entry
from contract_tests.wrong_servers.trial import Trial

_SUITE_AT_FAULT = "a fault of the suite"
_INTERNAL = ("Traceback", _SUITE_AT_FAULT)


def summary(entry: Entry, trial: Trial) -> str:
    """Return the rules that caught the server; else what the suite reported instead."""
    caught = trial.differs if entry.kind == "assumed" else trial.violated
    if entry.kind in {"wrong", "assumed"} and set(entry.rules) & set(caught):
        return ",".join(rule for rule in caught if rule in entry.rules)
    reported = ",".join([*trial.violated, *(f"({rule})" for rule in trial.differs)])
    survived = "survived" if entry.kind == "wrong" and not trial.violated else ""
    return f"{survived} {reported}".strip() or f"exit {trial.exit_status}"


def unexpected(entry: Entry, trial: Trial) -> str | None:
    """Return what was unexpected about the result, or None."""
    internal = [text for text in trial.reasons.values() if any(word in text for word in _INTERNAL)]
    if internal or _SUITE_AT_FAULT in (trial.stopped or ""):
        return internal[0] if internal else trial.stopped
    if not trial.reports:
        return "it left no reports"
    match entry.kind:
        case "wrong":
            return _missed(entry.rules, trial.violated)
        case "assumed":
            return _reported("violated", trial.violated) or _missed(entry.rules, trial.differs)
        case "conforming":
            others = tuple(rule for rule in trial.differs if rule not in entry.rules)
            return _reported("violated", trial.violated) or _reported("differs", others)
        case _:
            return None if trial.exit_status in {1, 3} else f"it ended with exit status {trial.exit_status}"


def _missed(rules: tuple[str, ...], caught: tuple[str, ...]) -> str | None:
    if set(rules) & set(caught):
        return None
    instead = f", only by {', '.join(caught)}" if caught else ""
    return f"not caught by {' or '.join(rules)}{instead}"


def _reported(word: str, rules: tuple[str, ...]) -> str | None:
    return f"{word}: {', '.join(rules)}" if rules else None
