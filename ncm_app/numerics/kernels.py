"""Compiled code on disk: one folder of the user's for all kernels and steppers, never beside the package.

Where pip replaces an installed package, files that Numba wrote into its folders would stay, and
stand in for the package as an empty one.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np


def kernel(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function, without the interpreter lock, and keeps the machine code.

    `options` are those of numba.njit. The code is found again by a next process as long as the
    text of the module, and of those of the package that it uses, is the same.
    """
    def compiled(function: Callable[..., Any]) -> Any:
        folder = _folder_of(function.__module__)
        if folder is None:
            return numba.njit(nogil=True, **options)(function)
        with _numba_cache(folder):
            return numba.njit(nogil=True, cache=True, **options)(function)

    return compiled


@functools.cache
def _folder_of(module: str) -> Path | None:
    folder = cache_folder("kernels")
    return None if folder is None else folder / digest("", sys.modules[module])


@contextlib.contextmanager
def _numba_cache(folder: Path) -> Iterator[None]:
    """Let Numba choose a folder for the functions that are decorated in the block."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def digest(text: str, owner: ModuleType, *others: ModuleType) -> str:
    """Return a hash of all that compiled code depends on: Numba itself looks at the date of one file only."""
    parts = [text, numba.__version__, np.__version__, platform.python_version(), platform.machine()]
    parts += [Path(str(module.__file__)).read_text(encoding="utf-8") for module in _sources(owner, *others)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _sources(*owners: ModuleType) -> list[ModuleType]:
    """Return modules and all those of their package whose names they use."""
    package = owners[0].__name__.partition(".")[0]
    found, queue = {owner.__name__: owner for owner in owners}, list(owners)

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


def cache_folder(kind: str) -> Path | None:
    """Return a writable folder for compiled code: in NCM_APP_CACHE, the user's cache, or a temporary one."""
    home = {"win32": os.environ.get("LOCALAPPDATA", "~"), "darwin": "~/Library/Caches"}
    user = home.get(sys.platform, os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    asked = os.environ.get("NCM_APP_CACHE")
    temporary = Path(tempfile.gettempdir()) / f"ncm_app_{getattr(os, 'getuid', os.getpid)()}"
    for folder in ([Path(asked)] if asked else []) + [Path(user).expanduser() / "ncm_app", temporary]:
        try:
            (folder / kind).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        if os.access(folder / kind, os.W_OK) and _is_own(folder / kind):
            return folder / kind
    return None


def _is_own(folder: Path) -> bool:
    """Tell whether a folder belongs to this user: code in somebody else's is not run."""
    user = getattr(os, "getuid", None)
    return user is None or folder.stat().st_uid == user()
