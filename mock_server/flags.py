"""Options of the command line that are also environment variables, and the kinds of their values."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from . import resources
from .behaviours import ready_made_behaviours
from .configuration import ready_made_scenarios
from .contract import read_yaml
from .environment import PREFIX, is_link


class WholeNumber(click.IntRange):
    """A whole number in a range. Errors call it so, and not an integer range."""

    name = "whole number"


class Seconds(click.FloatRange):
    """A number of seconds, up to a day."""

    name = "number of seconds"

    def __init__(self) -> None:
        super().__init__(0, 86_400)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):  # FloatRange accepts it: nan fails no comparison
            self.fail(f"{value} is not in the range 0<=x<=86400.", param, ctx)
        return number


class EnvironmentOption(click.Option):
    """An option that can also be set by an AIIMAGE_MOCK_… variable, which its errors name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"show_envvar": True, "show_default": True, **kwargs})
        self.envvar = PREFIX + self.opts[0].removeprefix("--").replace("-", "_").upper()

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return the value of the variable, None for one of Kubernetes'."""
        value = super().resolve_envvar_value(ctx)
        return None if self.name == "port" and value is not None and is_link(value) else value


class Instance(click.ParamType[str]):
    """The id of a mock."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch("[A-Za-z0-9._-]{1,64}", str(value)):
            self.fail(f"{str(value)[:80]!r} is not 1 to 64 letters, digits, dots, hyphens or underscores.", param, ctx)
        return str(value)


class NameOrFile(click.Path):
    """The name of something ready-made, which completion knows, or the path of a file."""

    def __init__(self, names: Callable[[], Sequence[str]]) -> None:
        super().__init__(path_type=Path)
        self._names = names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin so, and have the shell add files."""
        names = [CompletionItem(name) for name in self._names() if name.startswith(incomplete)]
        # The files first: where they come, click's script for bash empties the list of proposals.
        return [*super().shell_complete(ctx, param, incomplete), *names]


class CommandWithNames(click.Command):
    """A command whose help ends with everything ready-made, by name."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names, then the epilog."""
        with formatter.section("Ready-made"):
            formatter.write_dl([(kind, ", ".join(names)) for kind, names in ready_made().items()])
        super().format_epilog(ctx, formatter)


def ready_made() -> Mapping[str, Sequence[str]]:
    """Return the names of everything ready-made, by kind."""
    from .faults import FAULTS

    return {
        "scenarios": ready_made_scenarios(),
        "behaviours": ready_made_behaviours(),
        "tokens": list(read_yaml(resources.ACCOUNTS)["accounts"]),
        "faults": list(FAULTS),
    }


def option(*names: str, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, cls=EnvironmentOption, **attributes)
