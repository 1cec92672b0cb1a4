"""The pages of the documentation, in parts: fenced blocks, tables, links."""

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Block:
    """A fenced block. page: name of the page, without .md; number: which of its blocks, from 0; text: not indented."""

    page: str
    number: int
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The shell commands in it, one each: continued lines, and quotes over several lines, belong together."""
        found, begun = [], ""
        for line in self.text.replace("\\\n", " ").splitlines():
            begun += line
            if _is_whole(begun):
                found.append(begun)
                begun = ""
            else:
                begun += "\n"
        return [command for command in (*found, begun) if command.strip()]


@dataclass(frozen=True)
class Page:
    """One page."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def blocks(self) -> list[Block]:
        """All fenced blocks, those in lists too."""
        found = re.finditer(r"^( *)```(\S*)\n(.*?)^\1```$", self.text, re.DOTALL | re.MULTILINE)
        return [
            Block(self.name, number, each[2], re.sub(rf"^{each[1]}", "", each[3], flags=re.MULTILINE))
            for number, each in enumerate(found)
        ]

    def of(self, language: str) -> list[str]:
        """Return the texts of the blocks of a language."""
        return [block.text for block in self.blocks if block.language == language]

    def rows(self, header: str) -> list[list[str]]:
        """Return the cells of the table that begins with this column, row by row."""
        table = self.text.split(f"| {header} |", 1)[1].split("\n\n", 1)[0]
        lines = [line.replace(r"\|", "\0").strip().strip("|") for line in table.splitlines()[2:]]
        return [[cell.strip().replace("\0", "|") for cell in line.split("|")] for line in lines]

    def table(self, header: str) -> dict[str, list[str]]:
        """Return the other cells of each row by the first, without its marks."""
        return {row[0].strip("`*"): row[1:] for row in self.rows(header)}

    def names(self, header: str) -> list[str]:
        """Return what is named in the first column: the first word of its code."""
        return [named[1] for row in self.rows(header) if (named := re.match(r"`([^` (]+)", row[0]))]


def _is_whole(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:  # a quote is open
        return False
    return True


@cache
def page(name: str) -> Page:
    """Return a page by its name: README, ARCHITECTURE, or one in docs."""
    path = ROOT / f"{name}.md" if (ROOT / f"{name}.md").exists() else ROOT / "docs" / f"{name}.md"
    return Page(path, path.read_text(encoding="utf-8"))


def pages() -> list[Page]:
    """Return all of them."""
    roots = [each.stem for each in ROOT.glob("*.md")]
    return [page(name) for name in sorted([*roots, *(each.stem for each in (ROOT / "docs").glob("*.md"))])]
