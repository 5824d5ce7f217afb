"""Every private name that the pages rely on still binds, and still means the same."""

from __future__ import annotations

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import panel as pn
import panel_material_ui as pmui
import param
import pytest
from bokeh.application import Application
from bokeh.document import Document
from bokeh.io import doc
from bokeh.io.state import curstate
from bokeh.models import ColumnDataSource
from bokeh.server.contexts import ApplicationContext, BokehSessionContext
from packaging.requirements import Requirement
from packaging.version import Version
from panel.io import handlers
from panel.io.state import set_curdoc, state

from ncm_app.core.quantity import Quantity
from ncm_app.pages import upstream
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.dials import Dial
from ncm_app.pages.session_loop import loop_of
from ncm_app.pages.upstream import RELIANCES, TRIED, load_from_here
from tests.pages.test_lean_messages import MESSAGE_CHECKS
from tests.pages.test_lean_models import LEAN_CHECKS
from tests.pages.test_lean_pages import LEAN_PAGE_CHECKS
from tests.pages.test_lean_sockets import SOCKET_CHECKS
from tests.support.session import run_apart

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {"bokehjs", "panel-material-ui"}  # checked by test_upstream_browser; what the guard binds by test_guard
HERE = [row for row in RELIANCES if row.of not in ELSEWHERE and row.where != "pages/guard"]


def check_debounce(monkeypatch):
    waits = []
    document = Document()
    monkeypatch.setattr(document, "_session_context", lambda: object(), raising=False)
    monkeypatch.setattr(document, "add_timeout_callback", lambda action, ms: waits.append(ms), raising=False)
    for part in (Dial(), pn.widgets.FloatSlider()):
        part._server_change(document, "ref", None, "value", 0.0, 1.0)
    assert waits == [0, 50]  # ours at once, Panel's own after its pause


def check_events(monkeypatch):
    busy, document, dial = [], Document(), Dial(value=1.0, end=9.0, high=9.0)
    watcher = pn.state.param.watch(lambda event: busy.append(event.new), "busy")
    try:
        with set_curdoc(document):
            model = dial.get_root(document)
            shown = model.data
            dial._process_events({"value": 2.0})
            assert dial.value == 2.0 and shown.value == 1.0  # its browser has it already
            dial.value = 3.0
            assert shown.value == 3.0
            dial.param.watch(lambda event: setattr(dial, "value", 4.0) if event.new == 5.0 else None, "value")
            dial._process_events({"value": 5.0})
            assert dial.value == shown.value == 4.0  # what a watcher makes of it is sent
            dial.param.update(loading=True, visible=False)  # names that Panel writes in its own way
            assert model.visible is False
    finally:
        pn.state.param.unwatch(watcher)
    assert busy == [] and not dial._in_process__events


def check_busy_watchers(monkeypatch):
    def watching():
        return len(pn.state.param.watchers.get("busy", {}).get("value", []))

    before = watching()
    page = pmui.Page()
    assert watching() == before + 1
    upstream.detach_busy_watcher(pmui.Page())
    assert watching() == before + 1  # of its own page only
    upstream.detach_busy_watcher(page)
    assert watching() == before


def check_own_document(monkeypatch):
    upstream.keep_own_document()
    own, other, made, built = curstate().document, Document(), Document(), []
    with doc.patch_curdoc(other):  # a callback of another session waits meanwhile
        handlers.run_app(handlers.FunctionHandler(built.append), None, made)
    assert built == [made]
    assert curstate().document is own


def check_patch_curdoc(monkeypatch):
    upstream.heal_patch_curdoc()

    def marks():
        found = doc._PATCHED_CURDOCS
        return len(found if isinstance(found, list) else found.get())

    before, one, other = marks(), Document(), Document()
    with contextlib.suppress(ZeroDivisionError), doc.patch_curdoc(one), doc.patch_curdoc(other):
        assert doc.curdoc() is other
        raise ZeroDivisionError
    assert marks() == before
    with doc.patch_curdoc(one):
        assert doc.curdoc() is one
    assert marks() == before
    first, second = doc.patch_curdoc(one), doc.patch_curdoc(other)
    if isinstance(doc._PATCHED_CURDOCS, list):  # two sessions that take turns; Bokeh 3.10 keeps them apart by context
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert doc.curdoc() is other
        second.__exit__(None, None, None)
        assert marks() == before
        with doc.patch_curdoc(one):  # a callback that its session does not live to see ended
            upstream.forget_marks(other)
            assert doc.curdoc() is one
            upstream.forget_marks(one)
            assert marks() == before
        assert marks() == before


def check_context_document(monkeypatch):
    document = Document()
    assert BokehSessionContext("id", None, document)._document is document


def check_one_walk(monkeypatch):
    document, walks = Document(), []
    walk = type(document.models).recompute
    monkeypatch.setattr(type(document.models), "recompute", lambda self: (walks.append(1), walk(self))[1])
    source = ColumnDataSource()
    with upstream.one_walk(document.models):
        document.add_root(source)
        document.add_root(ColumnDataSource())
        assert walks == []
    assert walks == [1] and source in list(document.models)
    with upstream.one_walk(document.models):
        source.data = {"x": [1.0]}  # no model comes or goes
    assert walks == [1]
    with contextlib.suppress(ZeroDivisionError), upstream.one_walk(document.models):
        document.add_root(ColumnDataSource())
        raise ZeroDivisionError
    assert walks == [1, 1] and len(list(document.models)) > 3


def check_at_work(monkeypatch):
    document, elsewhere = Document(), Document()
    state._thread_id_[document] = -1  # as if a worker thread had built it
    with upstream.at_work(document):
        assert state.curdoc is document and state._unblocked(document) and not state._unblocked(elsewhere)
        assert document.callbacks.hold_value == "combine"
    assert document.callbacks.hold_value is None and state.curdoc is not document
    assert state._thread_id_[document] == -1


def check_hold(monkeypatch):
    async def on_the_loop():
        document = Document()
        with pn.io.hold(document):
            assert document.callbacks.hold_value == "combine"
        assert document.callbacks.hold_value is None

    run_apart(on_the_loop())


def check_io_loop(monkeypatch):
    class Loop:
        asyncio_loop = "the loop"

    context = ApplicationContext(Application(), io_loop=Loop())
    session = type("Session", (), {"server_context": context.server_context})
    document = type("Served", (), {"session_context": session})
    # In a worker thread: a browser driven before keeps a loop running in this one.
    with ThreadPoolExecutor(max_workers=1) as worker:
        assert worker.submit(loop_of, document).result() == "the loop"


def check_param(monkeypatch):
    class Owner(param.Parameterized):
        tau = Quantity(2.0, bounds=(1, 3), unit="ms")

    assert Owner.param.tau.unit == "ms" and Owner().tau == 2.0
    with pytest.raises(ValueError, match="tau"):
        Owner(tau=float("nan"))


def check_property_change(monkeypatch):
    dial = Dial(value=1.0, end=2.0, high=2.0)
    assert dial._process_property_change({"value": 1.5, "high": 9.0}) == {"value": 1.5}


def check_load_from_here(monkeypatch):
    def addresses(document):
        root = pn.Column("words").get_root(document)
        return {sheet.url for model in root.references() for sheet in getattr(model, "stylesheets", ())
                if hasattr(sheet, "url")}

    assert any(address.startswith("https://") for address in addresses(Document()))  # Panel's own way
    document = Document()
    load_from_here(document)
    assert addresses(document)
    assert all(address.startswith("static/extensions/panel/") for address in addresses(document))


CHECKS = {
    "Document.template_variables['dist_url'], state.rel_path": check_load_from_here,
    "Syncable._debounce": check_debounce,
    "ReactiveESM._process_events, _in_process__events, _update_properties": check_events,
    "state.param.watchers": check_busy_watchers, "handlers.curdoc, curstate().document": check_own_document,
    "doc.patch_curdoc, _PATCHED_CURDOCS": check_patch_curdoc,
    "SessionContext._document": check_context_document, "Document.models.recompute": check_one_walk,
    "set_curdoc, state._thread_id": check_at_work,
    "hold() on the loop": check_hold,
    **LEAN_CHECKS, **MESSAGE_CHECKS, **SOCKET_CHECKS, **LEAN_PAGE_CHECKS,
    "ApplicationContext.io_loop": check_io_loop,
    "Parameter._slot_defaults, __slots__, _validate, Undefined": check_param,
    "ReactiveESM._process_property_change, __abstract": check_property_change,
}


@pytest.mark.parametrize("row", HERE, ids=lambda row: row.name)
def test_a_private_name_binds_and_means_the_same(row, monkeypatch):
    CHECKS[row.name](monkeypatch)


def test_every_row_has_a_check_and_says_what_happens_without_it():
    assert set(CHECKS) == {row.name for row in HERE}
    assert all(row.where and row.purpose and row.without for row in RELIANCES)
    assert len({row.name for row in RELIANCES}) == len(RELIANCES)


def test_every_replacement_in_the_browser_is_listed():
    code = "".join(browser_code(name) for name in ("bokeh.js", "raster.js"))
    replaced = set(re.findall(r"^replace\([^\n]*?'(\w+)', ", code, re.MULTILINE))
    assert len(replaced) >= 8
    listed = " ".join(row.name for row in RELIANCES if row.of == "bokehjs")
    assert [name for name in replaced if name not in listed] == []


def test_upper_bounds_are_the_newest_versions_that_were_tried():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = {found.name: found for line in re.findall(r'^    "([a-z0-9-]+>=.*?)",', text, re.MULTILINE)
              for found in [Requirement(line)]}
    assert set(TRIED) - set(needed) == {"tornado"}  # Bokeh says which
    for name, tried in ((name, tried) for name, tried in TRIED.items() if name in needed):
        newest = Version(tried[-1])
        after = f"{newest.major}.{newest.minor + 1}.0"
        assert all(found in needed[name].specifier for found in tried), name
        assert after not in needed[name].specifier, f"{name} {after} was not tried"
        assert version(name) in needed[name].specifier


def test_the_browser_knows_the_same_versions_of_bokeh():
    tried = re.search(r"const TRIED = /(.*)/", browser_code("bokeh.js")).group(1)
    assert all(re.match(tried, found) for found in TRIED["bokeh"])
    assert not re.match(tried, "3.11.0") and not re.match(tried, "4.0.0")
