"""The settings of a run, from the options of the command line or of pytest."""

import os
import random
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from contract_tests.checks.decisions import MAX_CREDITS, PROFILES, Profile
from contract_tests.client.call import TOKEN_VARIABLE
from contract_tests.client.masking import Secret
from contract_tests.errors import UsageError
from contract_tests.oracle.resources import Rule, load_rules
from contract_tests.runner.baseline import NO_BASELINE, Baseline, load_baseline
from contract_tests.runner.target import Target, load_target, simple_target
from contract_tests.runner.tokens import token_of_variable, usable_token


@dataclass(frozen=True)
class Settings:
    """The settings of a run; `command` repeats it."""

    target: Target
    profile: Profile = "full"
    seed: int = 0
    only: tuple[str, ...] = ()
    max_credits: int | None = None
    report: Path | None = None
    strict: bool = False
    baseline: Baseline = NO_BASELINE
    command: str = "aiimage-conform run"

    @property
    def cap(self) -> int:
        """The most credits that the run may spend."""
        caps = [self.target.budget.credits, self.max_credits, MAX_CREDITS[self.profile]]
        return min(cap for cap in caps if cap is not None)

    @property
    def rules(self) -> dict[str, Rule]:
        """The rules to check, in the order of the file."""
        return {id_: rule for id_, rule in load_rules().items() if not self.only or id_ in self.only}


def parse_only(text: str | None) -> tuple[str, ...]:
    """Return the rule ids of `--only`; raise UsageError for an unknown one."""
    ids = tuple(part.strip().upper() for part in (text or "").split(",") if part.strip())
    unknown = [id_ for id_ in ids if id_ not in load_rules()]
    if unknown:
        raise UsageError(f"--only: no rule is called {', '.join(unknown)}; the rules are {', '.join(load_rules())}.")
    if text is not None and not ids:
        raise UsageError(f"--only: takes rule ids, separated by commas; the rules are {', '.join(load_rules())}.")
    return ids


def make_settings(
    *,
    target: str | None,
    base_url: str | None,
    token: str | None,
    token_env: str | None,
    max_credits: int | None,
    seed: int | None,
    only: str | None = None,
    profile: str = "full",
    report: str | None = None,
    strict: bool = False,
    baseline: str | None = None,
) -> Settings:
    """Return the settings; raise UsageError with the option and what it takes."""
    seed = random.randrange(2**32) if seed is None else seed
    return Settings(
        target=_target(target, base_url, token, token_env),
        profile=cast("Profile", profile),
        seed=seed,
        only=parse_only(only),
        max_credits=max_credits,
        report=Path(report) if report else None,
        strict=strict,
        baseline=load_baseline(Path(baseline)) if baseline else NO_BASELINE,
        command=_command(
            {
                "--target": target,
                "--base-url": base_url,
                "--token-env": token_env,
                "--profile": profile,
                "--seed": seed,
                "--only": only,
                "--max-credits": max_credits,
                "--baseline": baseline,
            },
            strict=strict,
        ),
    )


def _command(values: dict[str, Any], *, strict: bool) -> str:
    """Return the command that repeats the run; a token is left to its environment variable."""
    given = [part for flag, value in values.items() if value is not None for part in (flag, str(value))]
    return shlex.join(["aiimage-conform", "run", *given, *(["--strict"] if strict else [])])


def _target(file: str | None, base_url: str | None, token: str | None, token_env: str | None) -> Target:
    if (file is None) == (base_url is None):
        raise UsageError("Give exactly one of --target FILE and --base-url URL, to name the service to test.")
    if token is not None and token_env is not None:
        raise UsageError("Give only one of --token and --token-env.")
    if file is not None:
        if token is not None or token_env is not None:
            flag = "--token" if token is not None else "--token-env"
            raise UsageError(f"{flag} requires --base-url; a target file has the tokens of its accounts.")
        return load_target(Path(file))
    return simple_target(str(base_url), _token(token, token_env))


def _token(token: str | None, variable: str | None) -> Secret:
    if token is not None:
        return usable_token("--token", token)
    if variable is not None:
        return token_of_variable("--token-env", variable)
    if TOKEN_VARIABLE not in os.environ:
        raise UsageError(
            f"--base-url needs --token TOKEN, --token-env NAME, or the environment variable {TOKEN_VARIABLE}."
        )
    return token_of_variable("--base-url", TOKEN_VARIABLE)


def add_pytest_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance of a service with the AI Image API")
    group.addoption("--target", metavar="FILE", help="the target file")
    group.addoption("--base-url", metavar="URL", help="the service, without a target file")
    group.addoption("--token", help=f"the token for --base-url; default: ${TOKEN_VARIABLE}")
    group.addoption("--token-env", metavar="NAME", help="the environment variable with the token for --base-url")
    group.addoption("--max-credits", type=int, metavar="N", help="spend at most N credits")
    group.addoption("--only", metavar="RULE,…", help="check only these rules")
    group.addoption("--profile", choices=PROFILES, default="full", help="how much may be spent; default: full")
    # Prefixed like --conform-strict, since pytest has a --strict of its own.
    group.addoption("--conform-seed", type=int, metavar="N", help="the seed of the generated requests")
    group.addoption("--report", metavar="DIR", help="write the reports there")
    group.addoption("--baseline", metavar="FILE", help="the accepted findings")
    group.addoption("--conform-strict", action="store_true", help="a difference from an assumption fails the run too")


def settings_from_pytest(config: pytest.Config) -> Settings:
    """Return the settings; raise UsageError as `make_settings` does."""
    names = ("target", "base_url", "token", "token_env", "max_credits", "only", "profile", "report", "baseline")
    values: dict[str, Any] = {name: config.getoption(name) for name in names}
    return make_settings(seed=config.getoption("conform_seed"), strict=config.getoption("conform_strict"), **values)
