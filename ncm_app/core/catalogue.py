"""Find every model by importing the files of the models folder, by subject."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from typing import Any

from ncm_app.core.model import Flow, Model, unknown


def _order(model: type[Model]) -> tuple[Any, ...]:
    parts = re.findall(r"\d+|[A-Z]+", model.chapter)
    return tuple((0, int(x)) if x.isdigit() else (1, x) for x in parts), model.title


@cache
def models(package: str = "ncm_app.models") -> dict[str, type[Model]]:
    """Return slug -> model class in the order of the book; a broken file is an error.

    Every file of a folder of the package holds one model, but for those whose names begin with _.
    A slug is a file's name: two files of one name are an error, whatever their folders.
    """
    found: dict[str, type[Model]] = {}
    root = importlib.import_module(package)
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        if info.ispkg or info.name.rpartition(".")[2].startswith("_"):
            continue
        module = importlib.import_module(info.name)
        own = [c for c in vars(module).values()
               if isinstance(c, type) and issubclass(c, Model) and c.__module__ == module.__name__]
        if len(own) > 1:
            names = " and ".join(c.__name__ for c in own)
            raise ValueError(f"{module.__name__} holds two models, {names}: each needs a file of its own")
        for model in own:
            if model.slug() in found:
                raise ValueError(f"{module.__name__} and {found[model.slug()].__module__} would have one address, "
                                 f"{model.slug()}: a model's file needs a name of its own")
            found[model.slug()] = model
    return {model.slug(): model for model in sorted(found.values(), key=_order)}


def flows() -> dict[str, Any]:
    """Return the models that are differential equations, by slug, in the order of the book."""
    return {slug: model for slug, model in models().items() if issubclass(model, Flow)}


def find(slug: str) -> type[Model]:
    """Return the model class with this slug, or raise a ValueError with near matches."""
    known = models()
    if slug not in known:
        raise ValueError(unknown("model", slug, known, "the catalogue"))
    return known[slug]
