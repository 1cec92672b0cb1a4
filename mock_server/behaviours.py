"""Behaviours: the settings in which a service differs from the default, ready-made or in a file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import resources
from .configuration import ConfigurationError, read_file
from .contract import Rules
from .decoding import shown
from .domain.behaviour import Behaviour
from .faults.registry import suggestion
from .profiles import MEASURED, Profile, make_profile

DEFAULT_BEHAVIOUR = "documented"


def read_behaviour(path: Path | None, rules: Rules) -> Behaviour:
    """Return the behaviour that `read_changes` reads; raise ConfigurationError."""
    return make_behaviour(read_changes(path, rules)[0], rules)


def make_behaviour(changes: Mapping[str, Any], rules: Rules) -> Behaviour:
    """Return the default behaviour with other values of some settings."""
    return Behaviour(**{**{name: setting.default for name, setting in rules.settings.items()}, **changes})


def ready_made_behaviours() -> list[str]:
    """Return the names of the ready-made behaviours, the default one first."""
    names = sorted(path.stem for path in resources.BEHAVIOURS.glob("*.yaml"))
    return sorted(names, key=lambda name: name != DEFAULT_BEHAVIOUR)


def describe(path: Path, rules: Rules) -> Iterator[str]:
    """Yield the lines that tell how a behaviour differs from the default; raise ConfigurationError."""
    changes, profile = read_changes(path, rules)
    text = _file(path).read_text(encoding="utf-8")
    yield f"{path}: {text.splitlines()[0].removeprefix('# ')}" if text.startswith("# ") else f"{path}:"
    for name, value in changes.items():
        setting = rules.settings[name]
        default = f"default {_shown(setting.default)}; {setting.rule or 'a limit'}, {setting.source}"
        measured = f"; measured with {profile.evidence[name].samples} samples" if profile else ""
        yield f"  {name}: {_shown(value)}  ({default}{measured})"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {each}" for name, each in value.items()) or "none"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _file(path: Path) -> Path:
    """Return the file of the ready-made behaviour of that name, or the path of another; raise ConfigurationError."""
    if path.exists() or path.suffix:
        return path
    if str(path) not in ready_made_behaviours():
        raise ConfigurationError(f"unknown behaviour {path}{suggestion(str(path), ready_made_behaviours())}")
    return resources.BEHAVIOURS / f"{path}.yaml"


def read_changes(path: Path | None, rules: Rules) -> tuple[Mapping[str, Any], Profile | None]:
    """Return the settings in which a behaviour differs from the default, with the profile that they were measured in.

    path: a file, or the name of a ready-made behaviour; None for the default. Raise ConfigurationError.
    """
    if path is None:
        return {}, None
    path = _file(path)
    content = read_file(path) or {}
    if not isinstance(content, Mapping):
        raise ConfigurationError(f"{path}: expected settings by name, as in 'lock_seconds: 10'")
    try:
        changes = read_settings({name: value for name, value in content.items() if name != MEASURED}, rules)
        if MEASURED not in content:
            return changes, None
        return changes, make_profile(content[MEASURED], str(path), changes, rules.settings)
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def read_settings(sent: Mapping[str, Any], rules: Rules) -> Mapping[str, Any]:
    """Return the values of settings; raise ValueError."""
    for name in sent:
        if name not in rules.settings:
            raise ValueError(f"unknown setting {name}{suggestion(str(name), [*rules.settings, MEASURED])}")
    read = {name: rules.settings[name].read(value) for name, value in sent.items()}
    for name in read:
        if not rules.settings[name].accepts(read[name]):
            value = sent[name]
            found = repr(value) if isinstance(value, str) else shown(value)
            raise ValueError(f"{name} takes {rules.settings[name].valid}, not {found:.60}")
    return read
