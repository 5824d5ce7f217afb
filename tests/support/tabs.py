"""A page of the application in a real browser, with the hooks of a model page."""

from __future__ import annotations

import time
from contextlib import contextmanager

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.core.symbols import symbols_of
from ncm_app.numerics.system import SILENT
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from tests.views.answers import is_absent

PLAIN = "Fig 3.4 A,B"
EI = find("ei_rate_network")

ABSENT = [[float("nan")]] * 2
COLUMNS = """view => {
  const figure = Bokeh.documents.map(d => d.get_model_by_name('ncm-' + view)).find(f => f)
  return Object.fromEntries(figure.renderers.map(r => {
    const data = r.data_source.data
    const column = name => (data instanceof Map ? data.get(name) : data[name])
    const image = column(view + '_image')
    if (image != null) return [r.name, [Array.from(image[0]).flat(), Array.from(column(view + '_x'))]]
    return [r.name, ['x', 'y'].map(axis => Array.from(column(view + '_' + axis) ?? []))]
  }))
}"""
FIGURE = """([view, code]) => {
  const figure = Bokeh.documents.map(d => d.get_model_by_name('ncm-' + view)).find(f => f)
  return Function('figure', 'view', 'return ' + code)(figure, Bokeh.index.find_one(figure))
}"""


class Tab:
    """A page of the application, with the hooks of a model page."""

    def __init__(self, page, server):
        self.page, self.server = page, server

    def open(self, query=""):
        self.page.goto(self.server.url("app", query))
        self.page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle")
        return self

    def until(self, condition, what="the page to follow", seconds=30.0):
        """Wait for a condition; an exception in it counts as not yet, and is told at the end."""
        end, trouble = time.monotonic() + seconds, None
        while time.monotonic() < end:
            try:
                if condition():
                    return
                trouble = None
            except (AssertionError, IndexError, KeyError) as error:
                trouble = error
            self.page.wait_for_timeout(60)
        raise AssertionError(f"waited in vain for {what}: {trouble}; the page says {self.said()}")

    def slider(self, name):
        return self.page.locator(f".ncm-{name}").get_by_role("slider")

    def field(self, name):
        return self.page.locator(f".ncm-{name}").get_by_role("spinbutton")

    def value(self, name):
        return float(self.slider(name).input_value())

    def type(self, name, value):
        self.field(name).fill(str(value))
        self.field(name).press("Enter")

    def choose(self, hook, option):
        self.page.locator(f".ncm-{hook} select").select_option(option)

    def press(self, verb):
        self.page.locator(f".ncm-do-{verb} button").click()

    def text(self, hook):
        return self.page.locator(f".ncm-{hook}").inner_text()

    def said(self):
        """Return the sentences that stand on the page, for a message about what is missing."""
        return self.page.locator(".ncm-regime, .ncm-notice, .ncm-numbers").all_inner_texts()

    def columns(self, view, layer):
        """The columns of a layer; of one that has held nothing yet they are absent."""
        return [np.array(c, dtype=np.float32) for c in self.page.evaluate(COLUMNS, view).get(layer, ABSENT)]

    def figure(self, view, code):
        return self.page.evaluate(FIGURE, [view, code])

    def box(self, view):
        """Return where a plot stands, once it stays there."""
        return self.standing(self.page.locator(f".ncm-view-{view}"))

    def standing(self, place):
        """Return where something stands, once it stays there: lines above it may still fold."""
        before = None
        while (now := place.bounding_box()) != before:
            before = now
            self.page.wait_for_timeout(80)
        return now

    def click(self, view, x, y):
        """Click in a plot at fractions of its frame; return the place in the units of its axes."""
        box = self.box(view)
        left, top, width, height = self.figure(
            view, "[view.frame.bbox.left, view.frame.bbox.top, view.frame.bbox.width, view.frame.bbox.height]")
        place = round(left + x * width), round(top + y * height)
        self.page.mouse.click(box["x"] + place[0], box["y"] + place[1])
        return self.figure(view, f"[view.frame.x_scale.invert({place[0]}), view.frame.y_scale.invert({place[1]})]")

    def drag(self, view, places):
        """Press at the first place, in the units of the axes, and move over the others."""
        box = self.box(view)
        pixels = [self.figure(view, f"[view.frame.x_scale.compute({x}), view.frame.y_scale.compute({y})]")
                  for x, y in places]
        mouse = self.page.mouse
        mouse.move(box["x"] + pixels[0][0], box["y"] + pixels[0][1])
        mouse.down()
        for left, top in pixels[1:]:
            mouse.move(box["x"] + left, box["y"] + top, steps=8)
        mouse.up()

    def shows(self, model, frame):
        """Tell whether all plots and the sentence are those of a frame of a model."""
        found, expected = self.text("regime"), symbols_of(model).text(frame.regime.sentence)
        assert found == expected, f"{found} instead of {expected}"
        for view, layers in frame.columns.items():
            drawn = self.page.evaluate(COLUMNS, view)
            for layer, columns in layers.items():
                if layer != "trail":  # a trail remembers what was shown before
                    if layer not in drawn:  # made when it first holds something
                        assert is_absent(columns), f"{view}: {layer} is not drawn"
                        continue
                    for column, expected in zip(drawn[layer], columns[:2], strict=True):
                        np.testing.assert_allclose(np.array(column, dtype=np.float32), np.ravel(expected), rtol=2e-6,
                                                   atol=1e-9, err_msg=f"{view}: {layer}")
        return True

    def wait_for(self, model, settings=None, frozen=None, **values):
        """Wait until the page shows what these values give here."""
        settings = settings or ViewChoices(explore=model.explore)
        question = Question(model(**values).snapshot(), settings, frozen, ghost=frozen is not None)

        def shown():
            # Asked anew each time: the sentence knows more once the cycles have been followed.
            return self.shows(model, compute_frame(rules_for(model), question, SILENT))

        self.until(shown, f"the plots of {values}", 60.0)

    def fresh(self, preset=PLAIN):
        """Bring the shared page of the rate network back to a preset."""
        self.press("clear")
        self.choose("explore", "tau_i")
        self.choose("preset", preset)
        self.press("reset")
        self.wait_for(EI, **EI.preset_values(preset))
        return self


@contextmanager
def tab_in(browser, server, width=1440, height=900, **options):
    """Open a tab in a profile of its own; errors in it are errors of the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(30_000)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    # What a page had still asked for when the next one was opened is no error.
    page.on("requestfailed", lambda request: "ABORTED" in str(request.failure) or errors.append(request.url))
    yield Tab(page, server)
    context.close()
    assert not errors, errors
