"""The cause of a difference at a mock: a setting, the documentation, or the recording."""

from contract_tests.comparison.bodies import BODIES
from contract_tests.comparison.context import Context
from contract_tests.comparison.documented import contradictions
from contract_tests.comparison.facts import (
    NO_CREDITS,
    UNAUTHENTICATED,
    WITHOUT_TOKEN,
    over_limit,
    status_of,
)
from contract_tests.comparison.finding import Cause, Setting
from contract_tests.comparison.refusals import BODIES_OF_REFUSALS, REFUSALS
from contract_tests.comparison.statuses import STATUSES
from contract_tests.oracle.resources import setting_rules

_NO_CREDITS_WHY = "the account was in another state than the recording says"


def diagnose_mock(context: Context) -> Cause:
    """Return the cause of a difference at a mock."""
    if cause := _other_state(context):
        return cause
    if setting := _setting(context):
        return Cause("mock_wrong", setting_rules().get(setting.name) or context.rule, setting)
    if cause := _contradicted(context):
        return cause
    return Cause("mock_wrong", context.rule)


def _setting(context: Context) -> Setting | None:
    """Return the first setting that explains the difference and has another value now."""
    # A missing Accept changes the status, too.
    statuses = (*REFUSALS, *STATUSES) if context.difference.kind == "status" else ()
    for recognise in (*statuses, *BODIES, *BODIES_OF_REFUSALS):
        for setting in recognise(context):
            if setting.value is None or context.behaviour.get(setting.name) != setting.value:
                return setting
    return None


def _other_state(context: Context) -> Cause | None:
    """Return the cause of a recorded reply that contradicts the stated account."""
    recorded, role = context.recorded, context.recorded.role
    before, after = context.statuses
    if before == UNAUTHENTICATED and role not in WITHOUT_TOKEN and recorded.request.authorization is not None:
        return Cause("recording_unusable", "AUTH", why="the token was not valid any more")
    if role == "invalid" and after != UNAUTHENTICATED and "invalid" not in context.outcome.target.accounts:
        return Cause("inconclusive", "AUTH", why="the target names no token that the mock refuses")
    if context.difference.kind != "status":
        return None
    if role in {"empty", "limited"} and context.was_served:
        return Cause("recording_unusable", context.rule, why=_NO_CREDITS_WHY)
    account = context.outcome.recording.manifest.accounts.get(role)
    figures = (account.credits, account.images_left) if account else ()
    figure = next((each for each in figures if each is not None), None)
    refused = status_of(recorded) == NO_CREDITS or over_limit(recorded)
    if figure is not None and refused and context.is_served and context.made_before() == 0:
        return Cause("recording_unusable", context.rule, why=_NO_CREDITS_WHY)
    if figure is not None and context.was_served and after in {NO_CREDITS, 429} and context.made_before() >= figure:
        return Cause("recording_unusable", context.rule, why=_NO_CREDITS_WHY)
    return None


def _contradicted(context: Context) -> Cause | None:
    """Return the cause of a recorded reply that contradicts the documentation, which the mock follows."""
    theirs = contradictions(context.recorded, context.exchanges)
    ours = {each.rule for each in contradictions(context.reissued, context.reissues)}
    for found in theirs:
        if found.rule not in ours and context.difference.where.startswith(found.where):
            return Cause(
                "document_wrong", found.rule, why=f"recorded is {found.received}; documented: {found.expected}"
            )
    return None
