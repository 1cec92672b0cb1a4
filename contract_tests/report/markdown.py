"""The report as GitHub-flavoured Markdown, for the summary of a pipeline's step."""

import re
from collections.abc import Iterator

from contract_tests.client.exchange import Exchange
from contract_tests.report.words import (
    commands_note,
    figures,
    finding_verdict,
    gone_lines,
    headline,
    ranked,
    readable,
    request_ids,
    sentence,
    times,
    verdict_of,
    visible,
)
from contract_tests.runner.events import basis
from contract_tests.runner.findings import Finding
from contract_tests.runner.outcome import Outcome, RuleResult
from contract_tests.runner.run import Run
from contract_tests.runner.version import suite_version

_ICONS = {"violations": "❌", "incomplete": "⚠️", "conforms": "✅"}
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&@$]")
# A step's summary is limited to 1 MiB.
_MAX_FINDINGS = 20
_MAX_STEPS = 10


def markdown_text(run: Run, outcome: Outcome) -> str:
    return visible("\n\n".join(_parts(run, outcome)) + "\n")


def _parts(run: Run, outcome: Outcome) -> Iterator[str]:
    icon = "❌" if outcome.gone else _ICONS[outcome.verdict]
    yield f"## {icon} {headline(outcome)}"
    yield escaped(f"{run.target.base_url} {sentence(outcome)}")
    yield from (f"**{escaped(line)}**" for line in gone_lines(outcome))
    yield f"{figures(run)}, profile {run.settings.profile}, seed {run.settings.seed}, suite {suite_version()}"
    loose = [result for result in ranked(outcome) if result.verdict != "passed"]
    if loose:
        yield "\n".join(["| rule | source | verdict | what was found |", "|---|---|---|---|", *map(_row, loose)])
    for finding in outcome.findings[:_MAX_FINDINGS]:
        yield _details(finding)
    if len(outcome.findings) > _MAX_FINDINGS:
        yield f"{len(outcome.findings) - _MAX_FINDINGS} more findings are in report.html."
    if outcome.findings:
        yield escaped(commands_note(outcome))
    yield f"To repeat it:\n\n{fenced(run.settings.command, 'sh')}"


def _row(result: RuleResult) -> str:
    cells = (f"**{result.rule.id}**", result.rule.origin, verdict_of(result), escaped(result.reason))
    return f"| {' | '.join(cells)} |"


def _details(finding: Finding) -> str:
    title = f"{finding_verdict(finding)} {finding.rule.id}: {finding.rule.title}"
    facts = {"Received": finding.received, basis(finding.rule): finding.expected, "Found": times(finding)}
    facts |= {"Accepted": finding.accepted} if finding.accepted else {}
    facts |= {"Documentation": finding.rule.page} if finding.rule.page else {}
    parts = [
        f"<details>\n<summary>{escaped(title)}</summary>",
        escaped(finding.rule.statement),
        "\n".join(f"- {escaped(name)}: {escaped(fact)}" for name, fact in facts.items()),
    ]
    # The last ones, which show the contradiction.
    parts += [_step(each, finding.exchanges[0].sent) for each in finding.exchanges[-_MAX_STEPS:]]
    return "\n\n".join([*parts, "</details>"])


def _step(exchange: Exchange, start: float) -> str:
    at = exchange.sent - start
    who = f"as {escaped(exchange.role)}, answered after {exchange.seconds:.2f} s{escaped(request_ids(exchange))}"
    head = f"At {at:.2f} s, {exchange.utc}, {who}:"
    reply = f"{exchange.status}\n{readable(exchange.response_body)}"
    return f"{head}\n\n{fenced(exchange.curl_block, 'sh')}\n\n{fenced(reply)}"


def escaped(text: str) -> str:
    """Return text on one line with Markdown's special characters escaped, for tables too."""
    # As entities, since a backslash would show inside HTML (<summary>).
    return "<br>".join(_SPECIAL.sub(lambda each: f"&#{ord(each[0])};", line) for line in text.splitlines())


def fenced(text: str, language: str = "text") -> str:
    """Return a code block that survives backticks in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
