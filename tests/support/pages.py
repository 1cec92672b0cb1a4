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
        """Return the shell commands of the block; continued lines and multi-line quotes are joined."""
        found, begun = [], ""
        for line in self.text.replace("\\\n", " ").splitlines():
            begun += line
            if _is_whole(begun):
                found.append(begun)
                begun = ""
            else:
                begun += "\n"
        return [command for command in (*found, begun) if command.strip()]


class Page:
    """A page: in docs, or at the root of the repository."""

    def __init__(self, name: str) -> None:
        self.path = ROOT / name if (ROOT / name).exists() else ROOT / "docs" / name
        self.name = self.path.stem
        self.text = self.path.read_text(encoding="utf-8")

    @property
    def fenced(self) -> list[Block]:
        """Return all fenced blocks, including those in lists."""
        found = re.finditer(r"^( *)```(\S*)\n(.*?)^\1```$", self.text, re.DOTALL | re.MULTILINE)
        return [
            Block(self.name, number, each[2], re.sub(rf"^{each[1]}", "", each[3], flags=re.MULTILINE))
            for number, each in enumerate(found)
        ]

    def blocks(self, language: str) -> list[str]:
        """Return the texts of the blocks of a language."""
        return [block.text for block in self.fenced if block.language == language]

    def commands(self) -> list[str]:
        """Return the commands in all blocks of shell."""
        return [command for block in self.fenced if block.language == "sh" for command in block.commands]

    def rows(self, header: str) -> list[list[str]]:
        """Return the cells of the rows of the table that begins with `header`."""
        table = self.text.split(f"| {header} |", 1)[1].split("\n\n", 1)[0]
        lines = [line.replace(r"\|", "\0").strip().strip("|") for line in table.splitlines()[2:]]
        return [[cell.strip().replace("\0", "|") for cell in line.split("|")] for line in lines]

    def table(self, header: str) -> dict[str, list[str]]:
        """Return the other cells of each row by the first, without its marks."""
        return {row[0].strip("`*"): row[1:] for row in self.rows(header)}

    def names(self, header: str) -> list[str]:
        """Return the names in the first column: the first word of its code."""
        return [named[1] for row in self.rows(header) if (named := re.match(r"`([^` (]+)", row[0]))]


@cache
def page(name: str) -> Page:
    """Return a page by its name, without .md."""
    return Page(f"{name}.md")


def pages() -> list[Page]:
    """Return all pages."""
    return [page(path.stem) for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])]


def _is_whole(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:  # a quote is open
        return False
    return True
