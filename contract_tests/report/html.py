"""The report as one page of HTML that needs nothing else: to read, on a phone too, and to print."""

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from string import Template

from contract_tests.client.call import Exchange
from contract_tests.report.words import (
    ORDER,
    LeftOut,
    gone_lines,
    headline,
    left_out,
    ranked,
    readable,
    sentence,
    started,
    times,
    variables,
    verdict_of,
    word,
)
from contract_tests.runner.events import basis
from contract_tests.runner.outcome import Finding, Outcome, RuleResult
from contract_tests.runner.run import Run

_PAGE = Path(__file__).with_name("page.html")
_TONES = {"violations": "violated", "incomplete": "could_not_look", "conforms": "held"}


def html_text(run: Run, outcome: Outcome) -> str:
    title = f"{headline(outcome)}: {run.target.base_url}"
    page = Template(_PAGE.read_text(encoding="utf-8"))
    return page.substitute(title=escape(title), content="\n".join(_parts(run, outcome)))


def _parts(run: Run, outcome: Outcome) -> Iterator[str]:
    yield _verdict(run, outcome)
    yield _counts(outcome)
    yield _cost(run)
    if outcome.findings:
        yield "<h2>Findings</h2>"
        yield from (findings_html(result) for result in ranked(outcome) if result.findings)
        yield _tokens(outcome)
    yield "<h2>Rules</h2>"
    yield _rules(outcome)
    if out := list(left_out(run)):
        yield "<h2>Left out</h2>"
        yield _left_out(out)
    yield "<h2>To repeat it</h2>"
    yield call(run.settings.command)


def _verdict(run: Run, outcome: Outcome) -> str:
    tone = "violated" if outcome.gone else _TONES[outcome.verdict]
    gone = "".join(f"<p><b>{escape(line)}</b></p>" for line in gone_lines(outcome))
    said = f"<code>{escape(run.target.base_url)}</code> {escape(sentence(outcome))}"
    when = f'<p class="faint">{started(run):%d %B %Y, %H:%M} UTC</p>'
    return f'<header class="verdict {tone}"><h1>{escape(headline(outcome))}</h1><p>{said}</p>{gone}{when}</header>'


def _counts(outcome: Outcome) -> str:
    counted = Counter(verdict_of(result) for result in outcome.results)
    shown = [(verdict, counted[verdict]) for verdict in reversed(ORDER) if counted[verdict]]
    return _tiles((str(number), word(verdict), verdict) for verdict, number in shown)


def _cost(run: Run) -> str:
    return _tiles(
        [
            (f"{run.purse.spent} of {run.purse.cap}", "credits spent", ""),
            (str(run.purse.images), "images made", ""),
            (str(run.transport.requests), "requests", ""),
            (f"{run.seconds:.1f}", "seconds", ""),
            (run.settings.profile, "profile", ""),
            (str(run.settings.seed), "seed", ""),
        ]
    )


def _tiles(tiles: Iterable[tuple[str, str, str]]) -> str:
    items = (f'<li class="{tone}"><b>{escape(figure)}</b><span>{name}</span></li>' for figure, name, tone in tiles)
    return f'<ul class="counts">{"".join(items)}</ul>'


def _tokens(outcome: Outcome) -> str:
    rows = ((escape(role), f"<code>${variable}</code>") for role, variable in variables(outcome))
    intro = "In the calls above, a variable of the shell stands for the token of each account:"
    return f'<div class="panel"><p>{intro}</p>{_table(("account", "variable"), rows)}</div>'


def _rules(outcome: Outcome) -> str:
    heads = ("verdict", "rule", "why, and by which tests")
    return f'<div class="panel rules">{_table(heads, map(_rule, ranked(outcome)))}</div>'


def _rule(result: RuleResult) -> tuple[str, ...]:
    rule = result.rule
    tests = f"<small>{escape(', '.join(result.tests))}</small>"
    return (
        tag(verdict_of(result)),
        f"<b>{escape(rule.id)}</b> <small>{rule.source}: {escape(rule.statement)}</small>",
        escape(result.reason) + tests,
    )


def _left_out(out: Iterable[LeftOut]) -> str:
    rows = (
        (f"{escape(each.test)}<small>{escape(', '.join(each.rules))}</small>", escape(each.reason), escape(each.remedy))
        for each in out
    )
    return f'<div class="panel">{_table(("test", "why", "what lets it in"), rows)}</div>'


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


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
