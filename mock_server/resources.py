"""The paths of the contract and the fixtures: in the folder of the wheel when installed, at the root of a checkout."""

from pathlib import Path

_PACKAGES = Path(__file__).parent.parent
_INSTALLED = _PACKAGES / "aiimage_mock"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGES

DOCUMENT = _ROOT / "openapi" / "openapi.yaml"
CONTROL = _ROOT / "openapi" / "control.yaml"
RULES = _ROOT / "openapi" / "rules.yaml"
ACCOUNTS = _ROOT / "fixtures" / "accounts.yaml"
SCENARIOS = _ROOT / "fixtures" / "scenarios"
BEHAVIOURS = _ROOT / "fixtures" / "behaviours"
