"""Options of the command line that are also environment variables, and the kinds of their values."""

import math
import re
from collections.abc import Callable
from typing import Any

import click

from .environment import PREFIX, is_link


class Seconds(click.FloatRange):
    """A number of seconds, up to a day."""

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


def option(*names: str, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, cls=EnvironmentOption, **attributes)
