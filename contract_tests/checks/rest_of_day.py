"""Uses up the images that are left of a day, and judges what is counted."""

from contract_tests.calibration.questions import shown
from contract_tests.checks.experiment import Experiment
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.facts import counted
from contract_tests.oracle.quota import as_if, daily_readings, explanations

# So many refused requests that their use, if they had one, could not be taken for a limit that is one image lower.
_REFUSED = 2
_MAX_BEYOND = 2


def use_up_the_day(experiment: Experiment) -> str | None:
    """Send refused requests, make the images that are left, then request one more [DAILY-429, DAILY-RESET].

    Returns why more images than are left could not be requested at once; the rest does not depend on it.
    """
    for _ in range(_REFUSED):
        experiment.invalid()
    limit = _request_too_many(experiment)
    if _use_up(experiment):
        experiment.expect_exhausted(f"{counted(experiment.api.figure, 'image')} of the day were left")
    _judge(experiment, too_many=limit is None)
    experiment.expect_nothing_made()
    return limit


def _use_up(experiment: Experiment) -> bool:
    """Make the images that are left of the day; return whether all were made."""
    left = experiment.api.figure
    requests = left - experiment.requests
    # Where requests are counted, more images are made than the target file allows.
    if experiment.images and requests > _MAX_BEYOND:
        return False
    for _ in range(requests):
        step, _ = experiment.use(experiment.singles())
        if step.outcome == "exhausted":
            return experiment.images >= left
    return True


def _request_too_many(experiment: Experiment) -> str | None:
    """Request more images than are left, which is refused; return why that could not be tried."""
    for _ in range(_REFUSED):
        try:
            step, _ = experiment.use_too_many(experiment.api.figure)
        except UndocumentedLimitError as error:
            return str(error)
        if step.outcome == "served":
            break
    return None


def _judge(experiment: Experiment, *, too_many: bool) -> None:
    """Compare the replies with those of services that count in other ways."""
    steps, left = experiment.steps, experiment.api.figure
    if not experiment.images:
        raise InconclusiveError(
            f"the account almost_limited has fewer than the {left} images left in the target file, or a refused "
            "request counts as an image: correct the file if it is wrong"
        )
    fitting = explanations(daily_readings(), left, steps)
    harmless = [reading for reading in fitting if "DAILY-429" not in reading.breaks]
    passed = bool(harmless) and not harmless[0].breaks
    if passed and too_many:
        experiment.verdict.note(shown("daily_unit"), "images", by=tuple(experiment.trail))
    if not harmless or not passed or too_many:
        experiment.verdict.expect(
            "DAILY-RESET" if harmless else "DAILY-429",
            passed,
            expected=f"{counted(left, 'image')} with {left} left, then a refusal",
            received=f"{counted(experiment.images, 'image')}{as_if(fitting)}",
            by=experiment.trail,
        )
