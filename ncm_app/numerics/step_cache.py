"""Compiled steppers on disk: one small module per model and method, found by the next process.

The name of the module holds a hash of everything that the machine code depends on.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from ncm_app.machine_code.cache import cache_folder, digest
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
    names = ("rhs", "threshold", "reset") if system.threshold is not None else ("rhs",)
    parts = "\n".join(f'{n} = njit(error_model="numpy", forceinline=True)(Owner.{n})' for n in names)
    return load_module(system, method, text, _MODULE.replace("{parts}", parts))


def load_module(system: System, method: str, text: str, template: str, *used: ModuleType) -> ModuleType | None:
    """Return the module that a template makes of a text and the owner of a system, None if it cannot be imported.

    `used` are modules of ours that the template imports from.
    """
    owner, folder = _owner_module(system), cache_folder("steps")
    if owner is None or folder is None:
        return None
    module, name = system.owner.split(":")
    source = template.format(method=method, owner=system.owner, module=module, name=name, text=text)
    stem = re.sub(r"\W+", "_", f"{system.owner}_{method}_{digest(source, owner, noise, *used)}")
    return _load(folder / f"{stem}.py", source)


def _owner_module(system: System) -> ModuleType | None:
    """Return the module in which another process would find the same right-hand side."""
    module_name, _, name = system.owner.partition(":")
    module = sys.modules.get(module_name)
    if module is None or module_name == "__main__" or getattr(module, "__file__", None) is None:
        return None
    found = getattr(module, name, None)
    return module if getattr(found, "rhs", None) is system.rhs else None


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
