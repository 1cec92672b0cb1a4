"""Pages of documentation, read by tests that hold them to what they say."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Page:
    """A page of docs/."""

    def __init__(self, name: str) -> None:
        self.text = (ROOT / "docs" / name).read_text()

    def blocks(self, language: str) -> list[str]:
        """Return the code blocks of a language."""
        return re.findall(rf"^```{language}\n(.*?)^```", self.text, re.DOTALL | re.MULTILINE)

    def commands(self) -> list[str]:
        """Return the lines of all blocks of shell."""
        return [line for block in self.blocks("sh") for line in block.splitlines()]

    def rows(self, header: str) -> list[list[str]]:
        """Return the cells of the rows of the table that begins with `header`."""
        table = self.text.split(f"| {header} |", 1)[1].split("\n\n", 1)[0]
        lines = [line.replace(r"\|", "\0") for line in table.splitlines()[2:]]
        return [[cell.strip().replace("\0", "|") for cell in line.strip("|").split("|")] for line in lines]
