"""The tables of differences.md, from openapi/rules.yaml: `make docs` writes them."""

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mock_server.app import rules
from mock_server.contract import Setting

_PAGE = Path(__file__).parent / "differences.md"
_ORDER = ("platform", "inferred", "assumed")


def assumed_rules() -> Iterator[str]:
    """Yield the lines of the table of all assumed rules, the best founded ones first."""
    yield "| rule | source | assumption | setting and accepted values |"
    yield "|---|---|---|---|"
    assumed = [rule for rule in rules().by_id.values() if rule.source != "doc"]
    for rule in sorted(assumed, key=lambda rule: _ORDER.index(rule.source)):
        settings = "<br>".join(_setting(each) for each in rules().settings.values() if each.rule == rule.id)
        statement = html.escape(" ".join(rule.statement.split()), quote=False)
        yield f"| `{rule.id}` | {rule.source} | {statement} | {settings or 'none'} |"


def open_details() -> Iterator[str]:
    """Yield the lines of the table of settings that are assumed although their rule is documented."""
    yield "| rule | source | setting and accepted values |"
    yield "|---|---|---|"
    for each in rules().settings.values():
        if each.rule and rules().by_id[each.rule].source == "doc" != each.source:
            yield f"| `{each.rule}` | {each.source} | {_setting(each)} |"


def _setting(setting: Setting) -> str:
    default = setting.default
    shown = ", ".join(map(str, default)) if isinstance(default, list | dict) else str(default)
    return f"`{setting.name}`{f' = {_escaped(shown)}' if shown else ''}: {setting.takes}"


def _escaped(text: str) -> str:
    # A bar would end the cell.
    return text.replace("|", "\\|")


def with_tables(text: str) -> str:
    """Return the page with its tables written again."""
    for name, lines in (("assumed rules", assumed_rules()), ("open details", open_details())):
        text = _replaced(text, name, lines)
    return text


def _replaced(text: str, name: str, lines: Iterable[str]) -> str:
    table = "\n".join(lines)
    return re.sub(rf"(<!-- {name}: .*-->\n)[^!]*?(<!-- end -->)", lambda found: f"{found[1]}{table}\n{found[2]}", text)


if __name__ == "__main__":
    _PAGE.write_text(with_tables(_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
