"""Every private name of Panel, Param, HoloViews, Bokeh and BokehJS that the project relies on.

What can be wrapped is wrapped here; the rest stands in the table with the file that uses it. Each row has
a test in `tests/pages/test_upstream*.py` or `test_guard*.py` that the name still binds and means the same.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import panel as pn
from bokeh.document import Document
from bokeh.io import doc
from bokeh.io.state import curstate
from panel.io import handlers
from panel.io.state import set_curdoc, state

from ncm_app.pages.guard.bindings import BINDINGS

C = TypeVar("C", bound=type)

TRIED = {"panel": ("1.9.4", "1.10.0"), "bokeh": ("3.9.2", "3.10.2"), "param": ("2.4.2",), "holoviews": ("1.23.2",),
         "panel-material-ui": ("0.16.6",), "numpy": ("2.4.6", "2.5.5"), "scipy": ("1.17.1", "1.18.1"),
         "numba": ("0.68.1",), "contourpy": ("1.3.3", "1.4.0"), "scikit-learn": ("1.7.2", "1.9.1"),
         "tornado": ("6.6.1",)}
"""Versions on which all tests passed; the upper bounds in pyproject.toml are the newest of them."""


@dataclass(frozen=True)
class Reliance:
    """A private name: of which library, where it is used, what for, and what happens without it."""

    name: str
    of: str
    where: str
    purpose: str
    without: str


RELIANCES = (
    Reliance("Syncable._debounce", "panel", "pages/upstream at_once",
             "a slider's value is answered at once", "each change waits 50 ms for the next"),
    Reliance("state.param.watchers", "panel", "pages/upstream detach_busy_watcher",
             "a closed page is freed", "every closed session stays in memory, and each event costs 100 ms more"),
    Reliance("handlers.curdoc, curstate().document", "panel, bokeh", "pages/upstream keep_own_document",
             "no session is taken for the document of the whole process", "that session is never freed"),
    Reliance("hold() on the loop", "panel", "pages/session_loop",
             "what is posted runs on the loop: in a worker thread Panel 1.10 keeps holding for one more turn",
             "values that come meanwhile are sent back to the browser, and a held key loses steps"),
    Reliance("doc.patch_curdoc, _PATCHED_CURDOCS", "bokeh", "pages/upstream heal_patch_curdoc",
             "what raises, or is left when its session ends, leaves no mark in Bokeh 3.9",
             "a message that is refused confuses the document of others"),
    Reliance("SessionContext._document", "bokeh", "pages/upstream on_destroyed",
             "the document of a session that ends", "marks of its unfinished callbacks stay, as above"),
    Reliance("Document.template_variables['dist_url'], state.rel_path", "panel", "pages/upstream load_from_here",
             "a session that a websocket begins, as after its page's was given up, loads styles from this server",
             "it asks a host on the internet for them"),
    Reliance("set_curdoc, state._thread_id", "panel", "pages/upstream at_work",
             "what is done on a session's loop is applied at once and sent as one message",
             "each assignment is a callback and a message of its own: a frame costs a half more"),
    Reliance("Document.models.recompute", "bokeh", "pages/upstream one_walk",
             "Bokeh walks through a document once for all that is done to it", "a page is ready half a second later"),
    Reliance("HasProps._overridden_defaults, PropertyDescriptor.has_unstable_default, _get_default", "bokeh",
             "pages/lean_models", "defaults are looked up once per class",
             "a page costs a third more to build and to send"),
    Reliance("PropertyDescriptor.__set__, _set_value, Property._default, HasProps._initialized, InstanceDefault",
             "bokeh", "pages/lean_models", "no default is made that is replaced at once",
             "a page makes twice as many models"),
    Reliance("visit_immediate_value_references, _property_values, _unstable_default_values", "bokeh",
             "pages/lean_models", "a walk through a document looks at what models hold",
             "each walk takes three times as long"),
    Reliance("HasProps.__init__, query_properties_with_values", "bokeh", "pages/lean_models",
             "defaults that are not sent are not read", "a page costs a fifth more to build and to send"),
    Reliance("DocumentModelManager.invalidate, _pop_freeze", "bokeh", "pages/lean_messages",
             "Bokeh walks through a document where models may have come or gone only", "it does so at each message"),
    Reliance("DocumentModelManager.synced_references, Serializer.__init__", "bokeh", "pages/lean_messages",
             "what the browser has is listed once", "all models of a page are listed for each message"),
    Reliance("Serializer._encode_list", "bokeh", "pages/lean_messages",
             "a list of numbers is taken as it is", "each number of a short column is looked at by itself"),
    Reliance("WSHandler.open, ws_connection.stream, _write_frame, _compressor", "tornado", "pages/lean_sockets",
             "all parts of a message leave in one system call", "a frame takes a dozen, and waits after each"),
    Reliance("server.bundle_resources", "panel", "pages/lean_pages",
             "what pages load is looked up once for those that are alike", "a page costs a fifth more to build"),
    Reliance("Serializer._encode_list, _references, _buffers", "bokeh", "pages/lean_pages",
             "classes of components are described once", "a page costs a tenth more to send"),
    Reliance("ReactiveESM._bundle_path, _render_esm", "panel", "pages/part",
             "no file is looked for beside the code of a component", "a page asks for a hundred files"),
    Reliance("Renderable._get_model, _models, _design", "panel", "pages/figure_pane",
             "a figure is placed without reading it back", "a page costs a fifth more to build"),
    Reliance("ApplicationContext.io_loop", "bokeh", "pages/session_loop",
             "the loop of a page that is built in a worker thread", "such a page raises RuntimeError at its start"),
    Reliance("Parameter._slot_defaults, __slots__, _validate, Undefined", "param", "core/quantity, core/times",
             "parameters with unit, symbol and group", "the package does not import"),
    Reliance("class names .Mui...", "panel-material-ui", "pages/texts, site, js/shell.css",
             "spacing of cards and header; the drawer of a phone", "the same in the library's own looks"),
    Reliance("VisualProperties._get_css_value", "bokehjs", "pages/js/bokeh.js",
             "no restyling at each paint", "a frame takes twice as long"),
    Reliance("InlineStyleSheet._update", "bokehjs", "pages/js/bokeh.js",
             "style sheets that do not change are not written", "a frame takes longer"),
    Reliance("GlyphRendererView.update_position", "bokehjs", "pages/js/bokeh.js",
             "no reading of sizes after each paint", "a frame takes longer"),
    Reliance("LegendView._render_items", "bokehjs", "pages/js/bokeh.js",
             "a legend is built again when its words change only", "a frame takes longer"),
    Reliance("LegendView._draw_legend_items, entries", "bokehjs", "pages/js/bokeh.js",
             "legends in saved pictures are drawn as large as all else", "their strokes are tiny"),
    Reliance("LineView.index_data, _index", "bokehjs", "pages/js/bokeh.js",
             "lines are not sorted for pointers", "a frame takes longer"),
    Reliance("HasProps.setv", "bokehjs", "pages/js/bokeh.js",
             "sizes of text survive a change of theme", "large text turns small when the theme changes"),
    Reliance("Document.apply_json_patch, _new_models", "bokehjs", "pages/js/bokeh.js",
             "models that the server sent are named, not sent back whole",
             "a button that was just added ends the page"),
    Reliance("ScatterView._mask_data, _paint, index_data; Indices.all_set; ctx.layer", "bokehjs", "pages/js/raster.js",
             "a raster is painted as one picture", "spikes are drawn as markers, which is slow beyond some thousands"),
    Reliance("TextView._paint, labels, swidth, sheight; PlotView.views", "bokehjs", "pages/js/labels.js",
             "codes of special points find free places", "they stand at their points, and on each other"),
    Reliance("Document._all_models", "bokehjs", "pages/js/raster.js",
             "plots painted before the patches came are painted again", "a raster shows markers until it changes"),
    Reliance("Document._recompute_all_models", "bokehjs", "pages/js/travel.js",
             "models of a page that was left are forgotten at once", "for half a minute two plots may have one name"),
    Reliance("Bokeh.index, PlotView.frame", "bokehjs", "pages/js/pictures.js, figures.js, read_out.js",
             "pictures to save, the line that runs through plots with the sound, strokes of the pointer", "none works"),
    Reliance("ReactiveESM._process_property_change, __abstract", "panel", "pages/part",
             "a browser sets of a part only what it may", "anything that a browser sends reaches the model"),
    Reliance("ReactiveESM._process_events, _in_process__events, _update_properties", "panel", "pages/part",
             "what a browser sets arrives, and is shown, without what Panel does for parts of its own design",
             "each value costs two milliseconds more, of which Panel's busy state is one"),
    *(Reliance(row.where, row.where.partition(".")[0], "pages/guard", row.purpose, row.without) for row in BINDINGS),
)


def at_once(part: C) -> C:
    """Let a browser part answer without Panel's pause."""
    part._debounce = 0  # type: ignore[attr-defined]
    return part


def detach_busy_watcher(page: Any) -> None:
    """Untie a shell from Panel's global "busy" state, which it watches from birth.

    That watcher keeps every closed session alive, and walks the whole document twice
    for each slider event: 100 ms of server time on a page with five plots (measured).
    """
    for watcher in list(pn.state.param.watchers.get("busy", {}).get("value", [])):
        if getattr(getattr(watcher.fn, "__self__", None), "self", None) is page:
            pn.state.param.unwatch(watcher)


def keep_own_document() -> None:
    """Let Panel put back the document of the process itself once an application has been built.

    It puts back whatever Bokeh takes for the present one, which is another session's while a callback
    of that waits: it would stand for the process for good, be never freed, and scripts would draw into it.
    """
    handlers.curdoc = lambda: curstate().document


def heal_patch_curdoc() -> None:
    """Let a callback or a message that raises leave no mark in Bokeh, which would be taken for the present document.

    Bokeh 3.9 takes its mark back only where nothing is raised; every module has the function by now,
    so what it wraps is replaced. Bokeh 3.10 does this itself.
    """
    marks = doc._PATCHED_CURDOCS
    if not isinstance(marks, list):
        return

    def patched(document: Any) -> Iterator[None]:
        mark = weakref.ref(document)
        marks.append(mark)
        del document
        try:
            yield
        finally:
            with contextlib.suppress(ValueError):  # its session may have ended meanwhile
                marks.remove(mark)  # its own: those of other sessions may have come

    patch_curdoc: Any = doc.patch_curdoc
    patch_curdoc.__closure__[0].cell_contents = patched


def on_destroyed(document: Document) -> None:
    """Take back the marks of callbacks that still wait when their session ends."""
    document.on_session_destroyed(lambda context: forget_marks(context._document))


def load_from_here(document: Document) -> None:
    """Let styles come from this server, also in a session for which no page was asked: Panel says so only there."""
    here = "static/extensions/panel/"
    document.template_variables.setdefault("dist_url", f"{state.rel_path}/{here}" if state.rel_path else here)


def forget_marks(document: Document) -> None:
    """Let Bokeh 3.9 no longer take a document for the present one; Bokeh 3.10 keeps marks apart by context."""
    marks = doc._PATCHED_CURDOCS
    if isinstance(marks, list):
        marks[:] = [mark for mark in marks if mark() is not document]


@contextlib.contextmanager
def at_work(document: Any) -> Iterator[None]:
    """Let all that is done to a document on its loop be one change: one walk through its models, one message.

    While a coroutine runs Bokeh 3.9 has forgotten whose it is, so Panel would take every assignment for one
    from elsewhere, and do it later, in a callback and a message of its own.
    """
    with set_curdoc(document):
        built_in = state._thread_id
        state._thread_id = threading.get_ident()
        try:
            with pn.io.hold(document), one_walk(document.models):
                yield
        finally:
            state._thread_id = built_in  # type: ignore[assignment]


@contextlib.contextmanager
def one_walk(manager: Any) -> Iterator[None]:
    """Let Bokeh look for new and lost models of a document once, after the block, if it has wanted to."""
    wanted: list[None] = []
    manager.recompute = lambda: wanted.append(None)
    try:
        yield
    finally:
        del manager.recompute
        if wanted:
            manager.recompute()
