"""The entry point of the suite."""

import subprocess
import sys

import pytest

from contract_tests.__main__ import main
from contract_tests.extras import install_command


def test_main_runs_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["aiimage-conform", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert "Usage: aiimage-conform" in capsys.readouterr().out


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    without = "import sys; sys.modules['pytest'] = None; from contract_tests.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True)
    assert done.returncode == 2
    message = f"Error: the suite needs pytest, which is not installed: {install_command('contract')}"
    assert done.stderr == f"{message}\n"
