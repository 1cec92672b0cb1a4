"""Entry point of the suite."""

import sys

from contract_tests.extras import install_command
from contract_tests.report.output import prepare_output


def main() -> None:
    """Run the command line, or say how to install what it needs (exit status 2)."""
    prepare_output()
    try:
        # Imported here, so that a library that is not installed can be named.
        from contract_tests.runner.cli import main as command
    except ModuleNotFoundError as error:
        # A missing module of the suite is a bug, and no installation would add it.
        if (error.name or "").startswith("contract_tests"):
            raise
        print(
            f"Error: the suite needs {error.name}, which is not installed: {install_command('contract')}",
            file=sys.stderr,
        )
        sys.exit(2)
    command(prog_name="aiimage-conform")


if __name__ == "__main__":
    main()
