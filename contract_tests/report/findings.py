"""What is wrong with a rule as HTML: what was received and expected, and the requests that show it."""

from html import escape

from contract_tests.client.exchange import Exchange
from contract_tests.report.words import readable, times, verdict_of, word
from contract_tests.runner.finding import Finding
from contract_tests.runner.outcome import RuleResult
from contract_tests.runner.verdict import basis


def findings_html(result: RuleResult) -> str:
    """All findings of a rule."""
    rule, verdict = result.rule, verdict_of(result)
    return (
        f'<article class="finding {verdict}">'
        f"<h3>{tag(verdict)} {escape(rule.id)}: {escape(rule.title)}</h3>"
        f"<p>{escape(rule.statement)}</p>{''.join(map(_finding, result.findings))}</article>"
    )


def _finding(finding: Finding) -> str:
    steps = "".join(_step(each, finding.exchanges[0].sent) for each in finding.exchanges)
    return f'<section><dl>{_facts(finding)}</dl><ol class="steps">{steps}</ol></section>'


def tag(verdict: str) -> str:
    return f'<span class="tag {verdict}">{word(verdict)}</span>'


def call(command: str) -> str:
    """A command in a block of its own, with what copies it."""
    return f'<div class="call"><pre>{escape(command)}</pre></div>'


def _facts(finding: Finding) -> str:
    facts = [
        ("Received", finding.received),
        (basis(finding.rule), finding.expected),
        ("Found", times(finding)),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    accepted = f"<dt>{tag('accepted')}</dt><dd>{escape(finding.accepted)}</dd>" if finding.accepted else ""
    return accepted + listed


def _step(exchange: Exchange, start: float) -> str:
    at = f"<b>{exchange.sent - start:.2f} s</b>, as <b>{escape(exchange.role)}</b>"
    uploads = "".join(f", {escape(name)}: {escape(str(file))}" for name, file in exchange.files.items())
    reply = f"<b>{exchange.status}</b> after {exchange.seconds:.2f} s"
    body = f"<pre>{escape(readable(exchange.response_body))}</pre>" if exchange.response_body else ""
    return f'<li class="step">{at}{uploads}{call(exchange.curl_block)}<span>{reply}</span>{body}</li>'
