"""Who may import whom, and how large things may grow: design rules as tests."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]

OWN: dict[str, tuple[str, ...]] = {
    "machine_code": ("machine_code",),
    "core": ("core",),
    "language": ("core", "language"),
    "readers": ("readers", "machine_code"),
    "numerics": ("numerics", "readers", "machine_code"),
    "models": ("core", "machine_code", "models", "numerics.amplitude", "numerics.drift", "numerics.inversion",
               "numerics.learning", "numerics.networks", "numerics.noise", "numerics.perturbation",
               "numerics.results.base", "numerics.spectra", "numerics.spikes", "numerics.system", "readers"),
    "studies": ("core", "machine_code.steps", "numerics", "studies"),
    "views": ("core", "numerics.codes", "numerics.results", "views"),
    "session": ("core", "language", "numerics", "models", "studies", "views", "session"),
    "pages": ("core", "language", "numerics", "models", "studies", "views", "session", "pages", "version"),
    "api": ("core", "language", "numerics", "models", "studies"),
    "version": (),
    "": ("api", "version"),
}
"""Layer (first part of a module's name; "" is the package itself) -> what of ours it may import."""

LIBRARIES = {"panel": ("pages",), "panel_material_ui": ("pages",), "holoviews": ("pages", "views"),
             "bokeh": ("pages", "views"), "scipy": ("numerics",), "pandas": ("numerics",), "matplotlib": (),
             "sklearn": ()}
"""Library -> layers that may import it; the others are free to all."""

FILE_LINES, FUNCTION_LINES, MEDIAN_FILE, MEDIAN_FUNCTION, TEST_SHARE = 300, 60, 110, 10, 0.8


class Import(NamedTuple):
    """One imported module; `late` inside a function, `typing` for the type checker only."""

    module: str
    line: int
    late: bool
    typing: bool


def module_name(path: Path, package: Path) -> str:
    """Return the dotted name of a file inside the package, "" for the package itself."""
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(tree: ast.Module, own: set[str]) -> Iterator[Import]:
    """Yield every import; `from a import b` is a.b where that is a module of ours."""
    def walk(node: ast.AST, late: bool, typing: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, child.lineno, late, typing) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = "." * child.level + (child.module or "")
                names = [f"{base}.{alias.name}" for alias in child.names]
                yield from (Import(n if n in own else base, child.lineno, late, typing) for n in dict.fromkeys(names))
            else:
                function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
                yield from walk(child, late or function, typing or checking)

    yield from walk(tree, False, False)


class Package:
    """The syntax trees of one package, and what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.files = {module_name(path, folder): path for path in sorted(folder.rglob("*.py"))}
        self.trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in self.files.items()}
        own = {f"{self.name}.{name}" for name in self.files}
        self.imports = {name: list(imports(tree, own)) for name, tree in self.trees.items()}

    def ours(self, found: Import) -> str | None:
        """Return the name inside the package of an imported module, None for a library."""
        if found.module.split(".")[0] != self.name:
            return None
        return found.module.removeprefix(self.name).removeprefix(".")

    def wrong_imports(self) -> list[str]:
        """Return every import that the layers forbid."""
        wrong = []
        for name, found in self.imports.items():
            layer = name.split(".")[0]
            if layer not in OWN:
                wrong.append(f"{name or self.name}: no layer of the design")
                continue
            for one in found:
                allowed = self.allowed(layer, one)
                if not allowed:
                    wrong.append(f"{name or self.name}:{one.line} may not import {one.module}")
                if one.late and one.module not in ("pandas", "distributed"):
                    wrong.append(f"{name or self.name}:{one.line} imports {one.module} inside a function")
        return wrong

    def allowed(self, layer: str, one: Import) -> bool:
        """Tell whether a layer may import a module."""
        target = self.ours(one)
        if one.module.startswith("."):
            return False
        if target is None:
            library = one.module.split(".")[0]
            return layer in LIBRARIES.get(library, (layer,))
        # A model imports no other model, but the helpers beside it.
        return (any(target == may or target.startswith(f"{may}.") for may in OWN[layer])
                and ((layer, target.split(".")[0]) != ("models", "models") or "._" in target))

    def edges(self) -> dict[str, set[str]]:
        """Return what of ours every module imports; imports for the type checker do not count."""
        return {name: {t for one in found if not one.typing and (t := self.ours(one)) in self.files and t != name}
                for name, found in self.imports.items()}

    def folder_edges(self) -> dict[str, set[str]]:
        """Return which folders of ours the modules of every folder import."""
        found: dict[str, set[str]] = {}
        for name, targets in self.edges().items():
            folder = name.rpartition(".")[0]
            found.setdefault(folder, set()).update({t.rpartition(".")[0] for t in targets} - {folder})
        return found

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Yield every call with the module that makes it."""
        for name, tree in self.trees.items():
            yield from ((name, node) for node in ast.walk(tree) if isinstance(node, ast.Call))

    def wrong_calls(self) -> list[str]:
        """Return calls that print, or that draw from or seed NumPy's global generator."""
        wrong = []
        for name, call in self.calls():
            text = ast.unparse(call.func)
            if text == "print" or re.fullmatch(r"(np|numpy)\.random\.(?!default_rng|SeedSequence|Generator)\w+", text):
                wrong.append(f"{name}:{call.lineno} calls {text}")
        return wrong

    def function_sizes(self) -> dict[str, int]:
        """Return the number of lines of every function."""
        return {f"{name}:{node.lineno} {node.name}": int(node.end_lineno or 0) - node.lineno + 1
                for name, tree in self.trees.items() for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}

    def file_sizes(self) -> dict[str, int]:
        """Return the number of lines of every file."""
        return {name or self.name: lines(path) for name, path in self.files.items()}


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return the members of one circle in a graph, none if it has no circle."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name):]
        if name in done:
            return []
        for target in sorted(edges.get(name, ())):
            if found := visit(target, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in edges if (found := visit(name, []))), [])


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def ours():
    package = Package(ROOT / "ncm_app")
    assert {"core.model", "numerics.branches.walk", "pages.site", "views.view", ""} <= package.files.keys()
    return package


def test_every_layer_imports_only_what_it_may(ours):
    assert ours.wrong_imports() == []


def test_tests_of_other_layers_need_no_page():
    tests = Package(ROOT / "tests")
    pages = {name for name, found in tests.imports.items()
             if any(one.module.startswith("ncm_app.pages") for one in found)}
    assert {"support.session", "pages.test_gate"} <= pages
    needing, edges = set(pages), tests.edges()
    while more := {name for name, targets in edges.items() if targets & needing} - needing:
        needing |= more
    layers = set(OWN) - {"pages", ""}
    assert {name for name in needing if name.split(".")[0] in layers} == set()


def test_no_import_cycle(ours):
    assert circle(ours.edges()) == []
    assert circle(ours.folder_edges()) == []


def test_nothing_is_printed_and_no_global_generator_is_used(ours):
    assert ours.wrong_calls() == []


def test_files_and_functions_stay_small(ours):
    files, functions = ours.file_sizes(), ours.function_sizes()
    assert {name: size for name, size in files.items() if size > FILE_LINES} == {}
    assert {name: size for name, size in functions.items() if size > FUNCTION_LINES} == {}
    assert statistics.median(files.values()) <= MEDIAN_FILE
    assert statistics.median(functions.values()) <= MEDIAN_FUNCTION


def test_files_of_tests_and_benchmarks_stay_small_too():
    sizes = {path.relative_to(ROOT).as_posix(): lines(path)
             for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")}
    assert {"tests/test_layers.py", "benchmarks/latency.py"} <= sizes.keys()
    assert {name: size for name, size in sizes.items() if size > FILE_LINES} == {}


def test_tests_keep_up_with_the_code(ours):
    tests = sum(lines(path) for path in (ROOT / "tests").rglob("*.py"))
    assert tests >= TEST_SHARE * sum(ours.file_sizes().values())


def test_the_python_interface_loads_neither_panel_nor_holoviews():
    code = ("import sys, ncm_app; ncm_app.equilibria(ncm_app.model('leaky_integrator')); "
            "print(sorted({'panel', 'holoviews', 'bokeh', 'panel_material_ui'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


WRONG = {
    "__init__.py": "from ncm_app.api import f\n",
    "api.py": "from ncm_app.views import look\n",
    "core/__init__.py": "", "core/a.py": "from ncm_app.core import b\nfrom ncm_app.numerics import walk\n",
    "core/b.py": "import ncm_app.core.a\n",
    "core/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ncm_app.core import d\n",
    "core/d.py": "from ncm_app.core import c\n",
    "numerics/walk.py": "import panel.pane\nimport numpy as np\nnp.random.seed(1)\nnp.random.default_rng(1)\n",
    "models/m.py": "import scipy.optimize\nfrom ncm_app.numerics import noise, walk\n", "numerics/noise.py": "",
    "studies/s.py": "def f():\n    import json\n    print(json)\n\n\ndef g():\n    import pandas\n",
    "views/look.py": "import holoviews as hv\nfrom ncm_app.studies import s\nfrom . import other\n",
    "views/long.py": "x = 1\n" * 301, "pages/p.py": "import panel, bokeh\nfrom ncm_app.studies import s\n",
    "extra/e.py": "",
}


@pytest.fixture
def wrong_tree(tmp_path):
    for name, text in WRONG.items():
        path = tmp_path / "ncm_app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Package(tmp_path / "ncm_app")


def test_checker_finds_what_is_wrong_and_nothing_else(wrong_tree):
    assert sorted(wrong_tree.wrong_imports()) == sorted([
        "api:1 may not import ncm_app.views.look",
        "core.a:2 may not import ncm_app.numerics.walk",
        "extra.e: no layer of the design",
        "models.m:1 may not import scipy.optimize",
        "models.m:2 may not import ncm_app.numerics.walk",
        "numerics.walk:1 may not import panel.pane",
        "studies.s:2 imports json inside a function",
        "studies.s:7 may not import pandas",
        "views.look:2 may not import ncm_app.studies.s",
        "views.look:3 may not import .",
    ])


def test_checker_finds_cycles_prints_seeds_and_long_files(wrong_tree):
    assert circle({"a": {"b"}, "b": {"c"}}) == []
    assert sorted(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}})) == ["b", "c"]
    assert sorted(circle(wrong_tree.edges())) == ["core.a", "core.b"]
    assert sorted(wrong_tree.wrong_calls()) == ["numerics.walk:3 calls np.random.seed", "studies.s:3 calls print"]
    assert max(wrong_tree.file_sizes().values()) == 301
    assert wrong_tree.function_sizes() == {"studies.s:1 f": 3, "studies.s:6 g": 2}
