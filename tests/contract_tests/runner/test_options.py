"""The options that commands share, and the files that they name."""

from pathlib import Path

import click
import pytest

from contract_tests.errors import UsageError
from contract_tests.runner import options


def test_the_help_lists_options_in_the_order_in_which_they_are_given() -> None:
    @click.command()
    @options.together(options.YES, options.seed("anything"), options.max_credits())
    def command(**_: object) -> None: ...

    assert [parameter.name for parameter in command.params] == ["yes", "seed", "max_credits"]


def test_a_file_can_be_written_where_its_folder_exists(tmp_path: Path) -> None:
    assert options.file_to_write("--out", None) is None
    assert options.file_to_write("--out", "profile.yaml") == Path("profile.yaml")
    assert options.file_to_write("--out", str(tmp_path / "a")) == tmp_path / "a"


@pytest.mark.parametrize("name", ["nowhere/a", "folder"])
def test_another_path_is_refused_with_its_option(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"--out: .* cannot be written"):
        options.file_to_write("--out", str(tmp_path / name))


def test_a_folder_is_created_or_refused_with_its_option(tmp_path: Path) -> None:
    assert options.folder_to_fill("--report", None) is None
    assert options.folder_to_fill("--report", tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"--report: the folder .* cannot be created: "):
        options.folder_to_fill("--report", tmp_path / "file" / "c")
