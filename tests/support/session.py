"""A model page in a document, with a browser that paints at once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from bokeh.document import Document
from bokeh.plotting import figure
from panel.io.state import set_curdoc

from ncm_app.core.catalogue import find, models
from ncm_app.pages.model_page import ModelPage
from tests.support.catalogue import every_preset, one_of_each_kind, warm_once
from tests.support.serving import start_pages

start_pages()
MODELS = pytest.mark.parametrize("model", models().values(), ids=models())
KINDS = pytest.mark.parametrize("model", one_of_each_kind(models().values()))
EXPLORED = pytest.mark.parametrize("model", one_of_each_kind(model for model in models().values() if model.explore))
PRESETS = pytest.mark.parametrize(("model", "preset"), every_preset(models().values()))

EI = find("ei_rate_network")

def unserved_document():
    """Return a document that no server holds; what is posted to it runs on the present loop."""
    document, loop = Document(), asyncio.get_running_loop()
    tasks = set()

    def begin(posted):
        task = loop.create_task(posted())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    document.add_next_tick_callback = lambda posted: loop.call_soon_threadsafe(begin, posted)
    return document


class Session:
    """A model page in its own document; what a browser would do is done on the loop."""

    def __init__(self, model, query=""):
        warm_once(model)  # as pages are served: interpreted steppers would take most of the time
        self.loop = asyncio.get_running_loop()
        self.document = unserved_document()
        with set_curdoc(self.document):
            self.page = ModelPage(model, query)
            self.roots = [self.page.body(), self.page.bench.side]
            for part in self.roots:
                self.document.add_root(part.get_root(self.document))
            self.page.go_live()
        self.page.bench.beacon.param.watch(
            lambda event: self.loop.call_soon(lambda: setattr(self.page.bench.beacon, "ack", event.new)), "seq")

    async def settled(self):
        """Wait until every question is answered and painted."""
        gate = self.page.bench.gate
        await self.pause()  # clicks are posted
        for _ in range(4000):
            if gate.idle and self.page.bench.beacon.ack == self.page.bench.beacon.seq:
                return self.page
            await asyncio.sleep(0.005)
        raise TimeoutError(gate._worker.job)

    async def pause(self):
        """Let the event loop and the pools go on."""
        await asyncio.sleep(0.01)

    def figures(self):
        return {f.name.removeprefix("ncm-"): f for f in self.document.select({"type": type(figure())})}

    def source(self, view, layer):
        """The columns of a layer by name; of one that has held nothing yet they are absent."""
        board = self.page.bench.board
        spec = next(spec for spec in board.views[view].all_layers() if spec.name == layer)
        return spec.named(board.views[view].stem, board.live.drawn(view)[layer])


def use(item, value=None):
    """Choose something in a bar, or press its button, as a browser does."""
    count = item.bar.sent.get(item.name, [None, 0])[1]
    item.bar._process_events({"sent": {**item.bar.sent, item.name: [value, count + 1]}})


def run_apart(work):
    """Run a coroutine in a thread of its own: a browser driven before keeps a loop running in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


def served(model, action, query=""):
    """Open a page, run an async action on it, and close it."""
    async def visit():
        session = Session(model, query)
        try:
            return await action(session)
        finally:
            session.page.close()

    return run_apart(visit())
