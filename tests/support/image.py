"""A Dockerfile without a container engine: its steps run in a folder, with the programs of this machine."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path


def kept(root: Path) -> list[Path]:
    """Return the files of a repository that .dockerignore leaves in the context, relative to it."""
    lines = (root / ".dockerignore").read_text().split()
    assert lines[0] == "*", "all is left out but what is named"
    named = [line[1:] for line in lines if line.startswith("!")]
    left_out = [line.removeprefix("**/") for line in lines[1:] if not line.startswith("!")]
    found = (
        path for name in named for path in ([root / name] if (root / name).is_file() else (root / name).rglob("*"))
    )
    inside = [path.relative_to(root) for path in found if path.is_file()]
    return [path for path in inside if not any(fnmatch(part, each) for part in path.parts for each in left_out)]


class Image:
    """The result of a Dockerfile, in a folder that stands for the root of its file system."""

    def __init__(self, repository: Path, root: Path) -> None:
        self._repository = repository
        self._root = root
        self._here = root
        text = (repository / "Dockerfile").read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        self.steps = [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]
        last = max(number for number, (word, _) in enumerate(self.steps) if word == "FROM")
        self.final = dict(self.steps[last:])
        self.environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}

    def build(self) -> None:
        """Run every step in order. Both stages have the same base image, so they share a root."""
        for word, rest in self.steps:
            match word:
                case "FROM":
                    self.environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
                case "WORKDIR":
                    self._here = self._inside(rest)
                    self._here.mkdir(parents=True, exist_ok=True)
                case "ENV":
                    self.environment |= dict(self.variables(rest))
                case "COPY" if "--from" not in rest:
                    self._copy(rest.split()[:-1])
                case "RUN":
                    self._run(rest)

    def command(self, *arguments: str) -> list[str]:
        """Return the command of a container: the entry point, with its own arguments or with these."""
        entry = json.loads(self.final["ENTRYPOINT"])
        return self._found([*entry, *(arguments or json.loads(self.final["CMD"]))])

    def health_check(self) -> list[str]:
        """Return the command of the health check."""
        return self._found(json.loads(self.final["HEALTHCHECK"].partition("CMD ")[2]))

    def variables(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the variables of an ENV step."""
        for each in shlex.split(text):
            name, _, value = each.partition("=")
            value = re.sub(r"\$PATH\b", self.environment["PATH"], value)
            yield name, re.sub(r"^(?=/(?:src|opt|wheels)\b)", str(self._root), value)

    def _found(self, command: list[str]) -> list[str]:
        program = shutil.which(command[0], path=self.environment["PATH"])
        assert program is not None
        assert Path(program).is_relative_to(self._root), f"{program} is not of the image"
        return [program, *command[1:]]

    def _inside(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def _copy(self, sources: list[str]) -> None:
        """Copy files of the context, "." for all of them, into the folder of the step."""
        for path in kept(self._repository):
            if sources != ["."] and str(path) not in sources:
                continue
            (self._here / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self._repository / path, self._here / path)

    def _run(self, command: str) -> None:
        """Run the command unchanged, but with the package cache of this machine."""
        moved = re.sub(r"(?<![\w.])/(?=(?:src|opt|wheels)/?\b)", f"{self._root}/", command)
        environment = {**os.environ, **self.environment, "HOME": str(Path.home()), "PYTHONPATH": ""}
        environment.pop("PIP_NO_CACHE_DIR", None)
        done = subprocess.run(
            ["sh", "-c", moved],
            cwd=self._here,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout
