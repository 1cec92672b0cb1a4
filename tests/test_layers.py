"""The layers: permitted imports, and the one module that reads the wall clock. Planted violations test each check."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = ("mock_server", "contract_tests")
CLOCK_MODULE = "mock_server.domain.clock"
COMPOSITION = "mock_server.app"
MAX_SLEEP_SECONDS = 0.05
# Clients whose sleeps are virtual: disasters run them.
IN_VIRTUAL_TIME = (
    "examples.gallery",
    "tests.mock_server.proving.test_patched_threads",
    "tests.mock_server.proving.test_scenarios",
)

WALL_CLOCK = re.compile(
    r"time\.(time|time_ns|clock_gettime|clock_gettime_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|localtime|gmtime)"
    r"|datetime\.datetime\.(now|utcnow|today)|datetime\.date\.today"
)
SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep"})


@dataclass(frozen=True)
class Layer:
    """The permitted imports of a package: modules of this project, with all below them, and libraries (None: any)."""

    ours: tuple[str, ...]
    others: frozenset[str] | None = None


# The judgement on a client reads what was observed, and nothing else.
_OBSERVED = tuple(f"mock_server.proving.{name}" for name in ("judging", "observed", "points", "timeline"))
_SURFACE = ("mock_server.domain", "mock_server.stores.protocol")
_SERVED = (*_SURFACE, "mock_server.contract", "mock_server.faults", "mock_server.service")
LAYERS = {
    "mock_server.domain": Layer(("mock_server.domain",), frozenset({"msgspec"})),
    "mock_server.contract": Layer(("mock_server.contract",), frozenset({"jsonschema_rs", "yaml"})),
    "mock_server.insight": Layer(
        ("mock_server.insight", "mock_server.domain", "mock_server.contract", "mock_server.faults"), frozenset()
    ),
    "mock_server.pictures": Layer(("mock_server.pictures",), frozenset({"PIL"})),
    "mock_server.reference": Layer(
        ("mock_server.reference", "mock_server.contract"),
        frozenset({"jinja2", "markdown_it", "markupsafe", "starlette"}),
    ),
    "mock_server.faults": Layer(
        ("mock_server.faults", "mock_server.domain", "mock_server.contract"), frozenset({"msgspec"})
    ),
    "mock_server.stores": Layer(
        ("mock_server.stores", "mock_server.domain"), frozenset({"hiredis", "msgspec", "redis"})
    ),
    "mock_server.service": Layer(("mock_server.service", *_SURFACE), frozenset({"msgspec"})),
    "mock_server.http": Layer((*_SERVED, "mock_server.http", "mock_server.pictures")),
    "mock_server.control": Layer(
        (
            *_SERVED,
            "mock_server.control",
            "mock_server.insight",
            "mock_server.configuration",
            "mock_server.profiles",
            "mock_server.decoding",
        )
    ),
    **{name: Layer((*_OBSERVED, "mock_server.domain"), frozenset({"msgspec"})) for name in _OBSERVED},
    "mock_server.agents": Layer(
        (
            "mock_server.agents",
            *("mock_server.app", "mock_server.attaching", "mock_server.client", "mock_server.embedding"),
            *("mock_server.extras", "mock_server.flags", "mock_server.output", "mock_server.resources"),
            *("mock_server.contract", "mock_server.domain"),
        ),
        frozenset({"click", "httpx2", "mcp", "starlette"}),
    ),
    "mock_server.dashboard": Layer(
        ("mock_server.dashboard", "mock_server.control"), frozenset({"jinja2", "starlette"})
    ),
    "mock_server.proving": Layer(
        ("mock_server",), frozenset({"_pytest", "allpairspy", "click", "msgspec", "pytest", "starlette", "yaml"})
    ),
}
CONCRETE_STORES = ("mock_server.stores",)


def sources(folder: str) -> dict[str, str]:
    """Return the text of every module below a folder of the repository, by dotted name."""
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


PACKAGES = {name: text for package in OURS for name, text in sources(package).items()}
TESTS = {**sources("tests"), **sources("examples")}


def imports(module: str, text: str, is_package: bool = False) -> Iterator[str]:
    """Yield the dotted names that a module imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                package = module.split(".")[: None if is_package and node.level == 1 else is_package - node.level]
                origin = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def is_package(module: str) -> bool:
    return (ROOT / Path(*module.split(".")) / "__init__.py").is_file()


def layer_of(module: str) -> tuple[str, Layer] | None:
    return next(((name, layer) for name, layer in LAYERS.items() if inside(module, name)), None)


def forbidden(module: str, imported: str) -> str | None:
    """Return why `module` may not import `imported`, or None."""
    if inside(module, "contract_tests") and inside(imported, "mock_server"):
        return "the suite shares no code with the mock"
    if inside(module, "mock_server") and inside(imported, "contract_tests"):
        return "the mock does not import the suite"
    foreign_store = inside(imported, *CONCRETE_STORES) and not inside(imported, "mock_server.stores.protocol")
    if foreign_store and module != COMPOSITION and not inside(module, "mock_server.stores"):
        return "only the application imports a concrete store"
    row = layer_of(module)
    return _forbidden_in(*row, imported) if row else None


def _forbidden_in(name: str, layer: Layer, imported: str) -> str | None:
    root = imported.split(".")[0]
    if root in OURS:
        return None if inside(imported, *layer.ours) or _is_version(name, imported) else f"{name} may not import it"
    if layer.others is None or root in sys.stdlib_module_names or root in layer.others:
        return None
    return f"{name} may not use this library"


def _is_version(name: str, imported: str) -> bool:
    showing = {"mock_server.agents", "mock_server.control", "mock_server.http"}
    return imported == "mock_server.__version__" and name in showing


def layer_violations(module: str, text: str) -> list[str]:
    return [
        f"{module} imports {imported}: {why}"
        for imported in imports(module, text, is_package(module))
        if (why := forbidden(module, imported))
    ]


def _aliases(tree: ast.AST) -> dict[str, str]:
    """Return the dotted name behind each imported name."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.split(".")[0]
                found[alias.asname or root] = alias.name if alias.asname else root
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value, aliases)):
        return f"{owner}.{node.attr}"
    return ""


def wall_clock_reads(text: str) -> list[str]:
    """Return every reference of a module to the wall clock, by its full name."""
    if "time" not in text:
        return []
    tree = ast.parse(text)
    aliases = _aliases(tree)
    names = [_dotted(node, aliases) for node in ast.walk(tree)]
    return [name for name in names if WALL_CLOCK.fullmatch(name)]


def long_sleeps(text: str) -> list[str]:
    """Return every sleep of a module that is longer than a test may sleep."""
    if "sleep" not in text:
        return []
    tree = ast.parse(text)
    aliases = _aliases(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _dotted(node.func, aliases) in SLEEPS]
    return [ast.unparse(call) for call in calls if _duration(call) > MAX_SLEEP_SECONDS]


def _duration(call: ast.Call) -> float:
    """Return the duration of a sleep in seconds, 0 if it is not a literal."""
    given = call.args[0] if call.args else next((each.value for each in call.keywords), None)
    value = given.value if isinstance(given, ast.Constant) else None
    return value if isinstance(value, int | float) else 0


FORBIDDEN_IMPORTS = [
    ("mock_server.domain.world", "from mock_server.contract import Rule"),
    ("mock_server.domain.world", "from ..contract import Rule"),
    ("mock_server.domain.world", "from .. import settings"),
    ("mock_server.domain", "from ..stores import Store"),
    ("mock_server.domain.world", "def late():\n    import starlette"),
    ("mock_server.contract.rules", "from mock_server.http.replies import Reply"),
    ("mock_server.contract.rules", "import mock_server.stores.protocol"),
    ("mock_server.contract.rules", "from mock_server.domain.world import World"),
    ("mock_server.contract.rules", "from mock_server import control"),
    ("mock_server.contract.rules", "from ..pictures import Picture"),
    ("mock_server.contract.rules", "import starlette"),
    ("mock_server.pictures.text", "from mock_server.domain.world import Image"),
    ("mock_server.insight.why", "from mock_server.http.replies import Reply"),
    ("mock_server.insight.why", "from mock_server.stores.protocol import Store"),
    ("mock_server.insight.why", "import starlette"),
    ("mock_server.faults.request", "from mock_server.http.replies import Reply"),
    ("mock_server.faults.request", "from ..stores.protocol import Store"),
    ("mock_server.faults.request", "import starlette"),
    ("mock_server.stores.memory", "from mock_server.contract import Rules"),
    ("mock_server.stores.memory", "from mock_server.service import Service"),
    ("mock_server.service.clocks", "import starlette"),
    ("mock_server.service.clocks", "from mock_server.http.replies import Reply"),
    ("mock_server.service.clocks", "from mock_server.contract import Rules"),
    ("mock_server.service.clocks", "from mock_server.faults import Fault"),
    ("mock_server.service.clocks", "from mock_server.stores import MemoryStore"),
    ("mock_server.http.handlers", "from mock_server.stores import MemoryStore"),
    ("mock_server.http.handlers", "from mock_server.stores.memory import MemoryStore"),
    ("mock_server.http.handlers", "from mock_server import stores"),
    ("mock_server.http.handlers", "from mock_server.control import control_app"),
    ("mock_server.http.handlers", "from mock_server.app import create_app"),
    ("mock_server.control.routes", "from mock_server.http.replies import Reply"),
    ("mock_server.control.routes", "from mock_server.reference import reference_app"),
    ("mock_server.reference.page", "from mock_server.service import Service"),
    ("mock_server.reference.page", "from mock_server import resources"),
    ("mock_server.reference.page", "import httpx"),
    ("mock_server.proving.readings", "import httpx"),
    ("mock_server.proving.servers", "from mock_server.stores import MemoryStore"),
    ("mock_server.control.routes", "from ..http import replies"),
    ("mock_server.control.routes", "from mock_server.stores.memory import MemoryStore"),
    ("mock_server.control.routes", "from mock_server.dashboard import page_app"),
    ("mock_server.dashboard.pages", "from mock_server.service import Service"),
    ("mock_server.dashboard.pages", "from mock_server.domain.accounts import Accounts"),
    ("mock_server.dashboard.pages", "from mock_server.contract import Contract"),
    ("mock_server.dashboard.pages", "from mock_server.stores.protocol import Store"),
    ("mock_server.dashboard.pages", "from mock_server.http.replies import Reply"),
    ("mock_server.dashboard.pages", "import msgspec"),
    ("mock_server.proving.judging", "from .injector import Injector"),
    ("mock_server.proving.judging", "import httpx"),
    ("mock_server.cli", "from .stores import MemoryStore"),
    ("mock_server.cli", "import contract_tests.oracle.resources"),
    ("contract_tests.oracle.resources", "from mock_server.contract import read_yaml"),
    ("contract_tests.report.files", "import mock_server"),
]
ALLOWED_IMPORTS = [
    ("mock_server.domain.world", "from .clock import DAY\nimport hashlib"),
    ("mock_server.domain", "from .clock import DAY"),
    (
        "mock_server.faults.request",
        "import msgspec\nfrom mock_server.contract import Contract\nfrom .base import Fault",
    ),
    ("mock_server.stores.memory", "from mock_server.domain.world import World"),
    ("mock_server.http.handlers", "from mock_server.stores.protocol import Store\nimport starlette.requests"),
    (
        "mock_server.service.clocks",
        "from .service import Service\nimport asyncio\nfrom mock_server.domain import days",
    ),
    ("mock_server.service.clocks", "from mock_server.stores.protocol import Store"),
    ("mock_server.http.handlers", "from mock_server.faults import Fault\nfrom mock_server.service import Service"),
    (
        "mock_server.control.routes",
        "from mock_server.contract import Rules\nfrom mock_server.service import Service",
    ),
    ("mock_server.control.routes", "from mock_server.faults.plans import make_plans"),
    ("mock_server.control.routes", "from mock_server import __version__"),
    ("mock_server.insight.why", "from mock_server.domain.entry import Entry"),
    ("mock_server.dashboard.pages", "from jinja2 import Environment\nfrom mock_server.control import Auth"),
    ("mock_server.app", "from .stores import MemoryStore"),
    ("mock_server.reference.page", "import jinja2\nfrom mock_server.contract.document import Node"),
    ("contract_tests.oracle.resources", "from contract_tests.oracle import resources\nimport httpx"),
]
CLOCK_READS = [
    ("import time\nx = time.time()", "time.time"),
    ("import time as t\nx = t.time_ns()", "time.time_ns"),
    ("from time import monotonic as tick\nx = tick()", "time.monotonic"),
    ("import time\nx = time.monotonic_ns", "time.monotonic_ns"),
    ("from datetime import datetime\nx = datetime.now()", "datetime.datetime.now"),
    ("import datetime\nx = datetime.datetime.utcnow()", "datetime.datetime.utcnow"),
    ("import datetime as dt\nx = dt.date.today()", "datetime.date.today"),
    ("from datetime import date\nx = date.today()", "datetime.date.today"),
]
LONG_SLEEPS = [
    "import time\ntime.sleep(0.06)",
    "import asyncio\nasync def f():\n    await asyncio.sleep(1)",
    "from asyncio import sleep as nap\nasync def f():\n    await nap(delay=0.5)",
    "import anyio\nasync def f():\n    await anyio.sleep(2)",
]


def test_the_layers_exist_and_both_packages_are_checked() -> None:
    found = {layer: [name for name in PACKAGES if inside(name, layer)] for layer in LAYERS}
    assert [layer for layer, names in found.items() if names == ([layer] if is_package(layer) else [])] == []
    assert all(sum(inside(name, package) for name in PACKAGES) > 10 for package in OURS)
    assert any(inside(name, *CONCRETE_STORES) for name in imports(COMPOSITION, PACKAGES[COMPOSITION]))


def test_each_module_imports_only_modules_that_its_layer_allows() -> None:
    assert [violation for name, text in PACKAGES.items() for violation in layer_violations(name, text)] == []


def test_only_the_clock_module_reads_the_wall_clock() -> None:
    reads = {name: wall_clock_reads(text) for name, text in PACKAGES.items() if inside(name, "mock_server")}
    assert set(reads.pop(CLOCK_MODULE)) == {
        "time.time_ns",
        "time.monotonic_ns",
        "time.clock_gettime_ns",
        "time.localtime",
    }
    assert {name: found for name, found in reads.items() if found} == {}


def test_no_test_sleeps_longer_than_50_ms() -> None:
    sleeps = {name: long_sleeps(text) for name, text in TESTS.items() if not inside(name, *IN_VIRTUAL_TIME)}
    assert {name: found for name, found in sleeps.items() if found} == {}


def test_planted_violations_are_found() -> None:
    assert [case for case in FORBIDDEN_IMPORTS if len(layer_violations(*case)) != 1] == []
    assert [(text, read) for text, read in CLOCK_READS if wall_clock_reads(text) != [read]] == []
    assert [text for text in LONG_SLEEPS if len(long_sleeps(text)) != 1] == []


def test_allowed_code_passes() -> None:
    assert [case for case in ALLOWED_IMPORTS if layer_violations(*case)] == []
    assert wall_clock_reads("def f(clock):\n    time = 3\n    return clock.now(), time") == []
    assert (
        long_sleeps("import asyncio\nasync def f():\n    await asyncio.sleep(0.05)\n    await asyncio.sleep(0)") == []
    )
