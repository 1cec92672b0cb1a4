"""The report as one self-contained HTML page, for screens, phones and paper."""

from collections import Counter
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from contract_tests.report.words import (
    ORDER,
    gone_lines,
    has_files,
    headline,
    left_out,
    ranked,
    readable,
    request_ids,
    sentence,
    started,
    times,
    variables,
    verdict_of,
    visible,
)
from contract_tests.runner.events import basis
from contract_tests.runner.outcome import Outcome
from contract_tests.runner.plan import in_words
from contract_tests.runner.run import Run
from contract_tests.runner.version import suite_version

_PAGES = "contract_tests.report"
_TONES = {"violations": "violated", "incomplete": "inconclusive", "conforms": "passed"}


def html_text(run: Run, outcome: Outcome) -> str:
    """Return the page; every text in it is escaped by the template."""
    verdicts = Counter(verdict_of(result) for result in outcome.results)
    return _page().render(
        run=run,
        outcome=outcome,
        tone="violated" if outcome.gone else _TONES[outcome.verdict],
        counts=[(verdicts[verdict], verdict, verdict) for verdict in reversed(ORDER) if verdicts[verdict]],
    )


def make_environment(*packages: str) -> Environment:
    """Return the environment for the pages of these packages, each with the folder of its pages."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(*package.rsplit(".", 1)) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,  # a misspelt name is an error, not an empty text
        finalize=_without_controls,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _page() -> Template:
    environment = make_environment(_PAGES)
    functions = (
        *(basis, gone_lines, has_files, headline, in_words, left_out, ranked, readable, request_ids),
        *(sentence, started, suite_version, times, variables, verdict_of),
    )
    environment.globals |= {function.__name__: function for function in functions}
    environment.filters["in_words"] = in_words
    return environment.get_template("page.html")


def _without_controls(value: Any) -> Any:
    """Return a text of the service without the characters that HTML does not allow; the page's own is Markup."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
