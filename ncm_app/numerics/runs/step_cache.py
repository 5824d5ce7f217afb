"""Compiled steppers on disk: one small module per model and method, found by the next process.

The name of the module holds a hash of everything that the machine code depends on:
Numba itself only looks at the date of the one file.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numba
import numpy as np

from ncm_app.numerics import noise
from ncm_app.numerics.system import System

_MODULE = '''"""{method} steps of {owner}; written by ncm_app, may be deleted at any time."""
from numba import njit
from {module} import {name} as Owner

real = float
{parts}

@njit(cache=True, nogil=True, error_model="numpy", fastmath=False)
{text}'''


def load_steps(system: System, method: str, text: str) -> ModuleType | None:
    """Return the module with the step of an importable owner, or None if there cannot be one."""
    owner, folder = _owner_module(system), cache_folder()
    if owner is None or folder is None:
        return None
    names = ("rhs", "threshold", "reset") if system.threshold is not None else ("rhs",)
    module, name = system.owner.split(":")
    parts = "\n".join(f'{n} = njit(error_model="numpy", forceinline=True)(Owner.{n})' for n in names)
    source = _MODULE.format(method=method, owner=system.owner, module=module, name=name, text=text, parts=parts)
    stem = re.sub(r"\W+", "_", f"{system.owner}_{method}_{_digest(source, owner)}")
    return _load(folder / f"{stem}.py", source)


def _owner_module(system: System) -> ModuleType | None:
    """Return the module in which another process would find the same right-hand side."""
    module_name, _, name = system.owner.partition(":")
    module = sys.modules.get(module_name)
    if module is None or module_name == "__main__" or getattr(module, "__file__", None) is None:
        return None
    found = getattr(module, name, None)
    return module if getattr(found, "rhs", None) is system.rhs else None


def _digest(text: str, owner: ModuleType) -> str:
    parts = [text, numba.__version__, np.__version__, platform.python_version(), platform.machine()]
    parts += [Path(str(module.__file__)).read_text(encoding="utf-8") for module in _sources(owner)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _sources(owner: ModuleType) -> list[ModuleType]:
    """Return the owner's module and all modules of its package whose names it uses."""
    package = owner.__name__.partition(".")[0]
    found, queue = {owner.__name__: owner, noise.__name__: noise}, [owner]

    def used(module: ModuleType) -> Iterator[ModuleType | None]:
        for value in vars(module).values():
            name = value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None)
            if isinstance(name, str) and name.partition(".")[0] == package:
                yield sys.modules.get(name)

    while queue:
        for module in used(queue.pop()):
            if module is not None and module.__name__ not in found and getattr(module, "__file__", None):
                found[module.__name__] = module
                queue.append(module)
    return [found[name] for name in sorted(found)]


def _load(path: Path, text: str) -> ModuleType:
    """Write a module unless it is there (a newer date would spoil Numba's cache), import it."""
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(draft, path)
    spec = importlib.util.spec_from_file_location(f"ncm_app_steps_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def cache_folder() -> Path | None:
    """Return a writable folder for compiled code: NCM_APP_CACHE, the user's cache, a temporary one."""
    home = {"win32": os.environ.get("LOCALAPPDATA", "~"), "darwin": "~/Library/Caches"}
    user = home.get(sys.platform, os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    asked = os.environ.get("NCM_APP_CACHE")
    temporary = Path(tempfile.gettempdir()) / f"ncm_app_{getattr(os, 'getuid', os.getpid)()}"
    for folder in ([Path(asked)] if asked else []) + [Path(user).expanduser() / "ncm_app", temporary]:
        steps = folder / "steps"
        try:
            steps.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(steps, os.W_OK):
            return steps
    return None
