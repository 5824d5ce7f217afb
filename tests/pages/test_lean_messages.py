"""Bokeh walks through documents and lists models when some have come or gone, and finds what it always found."""

from __future__ import annotations

import itertools

from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.document.models import DocumentModelManager
from bokeh.models import Column, Div

from ncm_app.pages.lean_models import make_models_lean

make_models_lean()


def check_walks(monkeypatch):
    walks, walk = itertools.count(), DocumentModelManager.recompute
    monkeypatch.setattr(DocumentModelManager, "recompute", lambda self: (next(walks), walk(self))[1])
    document, root = Document(), Column()
    with document.models.freeze():
        document.add_root(root)
    assert next(walks) == 1 and root in list(document.models)
    with document.models.freeze():
        root.spacing = 3
    assert next(walks) == 2  # which this question counted itself
    with document.models.freeze(), document.models.freeze():
        root.children = [div := Div(), Div()]
        root.children.append(Div())
    assert next(walks) == 4 and div in list(document.models) and len(document.models) == 4
    root.children = []
    assert next(walks) == 6 and div not in list(document.models) and div.document is None
    document.remove_root(root)
    document.add_root(root)
    assert list(document.models) == [root]
    document.clear()
    assert list(document.models) == []


def check_lists(monkeypatch=None):
    def listed():
        serializer = Serializer(references=document.models.synced_references)
        return {model.id for model in document.models if serializer.has_ref(model)}

    document, root = Document(), Column(children=[first := Div()])
    document.add_root(root)
    assert listed() == set()  # nothing was sent
    document.models.flush_synced()
    for _ in range(2):
        assert listed() == {root.id, first.id}
    serializer = Serializer(references=document.models.synced_references)
    serializer.encode(late := Div())
    assert serializer.has_ref(late) and listed() == {root.id, first.id}  # each message has a list of its own
    root.children = [first, late]
    assert listed() == {root.id, first.id}  # the new one has to be sent whole
    document.models.flush_synced()
    assert listed() == {root.id, first.id, late.id}
    root.children = [late]
    assert listed() == {root.id, late.id}


def check_numbers(monkeypatch=None):
    def plain(values):
        return [Serializer().encode(value) for value in values]

    nan, inf = float("nan"), float("inf")
    for values in ([1.5, -2.0], [1.0, nan], [inf, -inf], [1.0, 2], [1.0, True], [1.0, None], [1e308, 1e308], [],
                   [1.0, "a"], ["a", 1.0], [1.0, [2.0, nan]]):
        assert Serializer().encode(values) == plain(values)


MESSAGE_CHECKS = {"Serializer._encode_list": check_numbers,
                  "DocumentModelManager.invalidate, _pop_freeze": check_walks,
                  "DocumentModelManager.synced_references, Serializer.__init__": check_lists}


def test_a_model_that_leaves_and_comes_back_is_sent_again():
    document, root, guest = Document(), Column(), Div(text="a")
    document.add_root(root)
    document.models.flush_synced()
    for _ in range(2):
        root.children = [guest]
        serializer = Serializer(references=document.models.synced_references)
        assert "attributes" in serializer.encode(guest)
        document.models.flush_synced()
        assert "attributes" not in Serializer(references=document.models.synced_references).encode(guest)
        root.children = []
        assert document.models.get_by_id(guest.id) is None
