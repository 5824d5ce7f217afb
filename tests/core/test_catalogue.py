"""The catalogue finds every model by its file, in the order of the book."""

from __future__ import annotations

import importlib
import sys

import pytest

from ncm_app.core import catalogue
from ncm_app.core.model import Flow, Model

FILE = '''"""A model in a file."""
from ncm_app.core.model import Flow, State
{more}

class {name}(Flow):
    """A sentence."""
    chapter, title = "{chapter}", "{title}"
    states = (State("x", span=(0.0, 1.0)),)
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a function that writes model files into a package and lists its models."""
    package = tmp_path / "shelf"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    def write(**files):
        for path, text in files.items():
            place = package / f"{path.replace('__in__', '/')}.py"
            place.parent.mkdir(exist_ok=True)
            (place.parent / "__init__.py").touch()
            place.write_text(text)
        importlib.invalidate_caches()
        return catalogue.models.__wrapped__("shelf")

    yield write
    for name in [n for n in sys.modules if n.split(".")[0] == "shelf"]:
        del sys.modules[name]


def file(name, chapter, title="", more=""):
    return FILE.format(name=name, chapter=chapter, title=title, more=more)


def test_shipped_models():
    found = catalogue.models()
    assert list(found)[:3] == ["leaky_integrator", "eif", "synapses"]
    for slug, model in found.items():
        assert issubclass(model, Model) and model.slug() == slug
        assert catalogue.find(slug) is model


def test_models_come_in_the_order_of_the_book(folder):
    found = folder(a=file("A", "10.1"), b=file("B", "2.10"), c=file("C", "2.9"), d=file("D", "A.4"), e=file("E", "2"),
                   f=file("F", "B.1"), g=file("G", "2.9", "Alpha"))
    assert list(found) == ["e", "c", "g", "b", "a", "d", "f"]


def test_imported_models_are_not_listed_twice(folder):
    found = folder(a=file("A", "1.1"), b=file("B", "1.2", more="from shelf.a import A"))
    assert {slug: model.__name__ for slug, model in found.items()} == {"a": "A", "b": "B"}
    assert all(issubclass(model, Flow) for model in found.values())


def test_file_without_a_model_is_no_model(folder):
    assert list(folder(a=file("A", "1.1"), helpers="VALUE = 1")) == ["a"]


def test_folders_are_no_part_of_an_address(folder):
    assert list(folder(cells__in__a=file("A", "1.2"), rates__in__b=file("B", "1.1"))) == ["b", "a"]


def test_helpers_beside_the_models_are_no_models(folder):
    assert list(folder(cells__in__a=file("A", "1.1"), cells__in___a_plots=file("B", "1.2"))) == ["a"]


def test_one_address_for_two_models_is_an_error(folder):
    with pytest.raises(ValueError, match=r"shelf\.rates\.a and shelf\.cells\.a would have one address, a:"):
        folder(cells__in__a=file("A", "1.1"), rates__in__a=file("B", "1.2"))


def test_two_models_in_one_file_are_an_error(folder):
    with pytest.raises(ValueError, match=r"shelf\.a holds two models, A and B"):
        folder(a=file("A", "1.1") + file("B", "1.2"))


def test_broken_file_is_an_error(folder):
    with pytest.raises(ZeroDivisionError):
        folder(a="1 / 0")


@pytest.mark.parametrize(("slug", "said"), [("eiff", "did you mean eif"), ("", "there is "), ("../eif", "eif")])
def test_unknown_model_lists_near_matches(slug, said):
    with pytest.raises(ValueError, match=f"the catalogue has no model named .*{said}"):
        catalogue.find(slug)
