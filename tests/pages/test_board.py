"""The board of a bench without a browser: what figures are called, look like, and follow."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bokeh.document import Document

from ncm_app.core.catalogue import find
from ncm_app.numerics.system import SILENT
from ncm_app.pages.board import FONT_SIZES, GROWTH, LOW_SIZES, NAMED_BORDERS, TIME_BORDERS, Board
from ncm_app.pages.live import same
from ncm_app.session.plot_rules import CHART, rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.views import style
from ncm_app.views.window import Why, next_window

LINE, TRAINS, EI = find("leaky_integrator"), find("spike_trains"), find("ei_rate_network")


class Stand:
    """A board, the results that it has drawn, and what was clicked and dragged."""

    def __init__(self, model, preset=None, prefix="", dark=False, large=False, without=(), **values):
        self.model, self.choices = model, ViewChoices(explore=model.explore)
        self.snapshot = model(**{**model.preset_values(preset), **values}).snapshot()
        self.said = []
        rules = [(rule, view) for rule, view in rules_for(model) if view.name not in without]
        self.board = Board(rules, lambda *event: self.said.append(("click", *event)),
                           lambda *event: self.said.append(("drag", *event)), prefix)
        if dark:
            self.board.paint(True)
        if large:
            self.board.enlarge(True)
        self.results = self.ask(self.snapshot)
        self.panes = self.board.draw(self.results)
        self.shown = [pane.get_root(Document()) for pane in self.panes.values()]
        self.figures = self.board.live.plots

    def ask(self, snapshot):
        return {view.name: rule.study(snapshot, self.choices, SILENT) for rule, view in self.board.rules}

    def columns(self, results):
        return {name: self.board.views[name].columns(result) for name, result in results.items()}

    def ranges(self, name):
        figure = self.figures[name]
        return tuple((axis.start, axis.end) for axis in (figure.x_range, figure.y_range))

    def event(self, name, kind, x=1.0, y=2.0):
        for callback in self.figures[name]._event_callbacks.get(kind, ()):
            callback(SimpleNamespace(x=x, y=y))


@pytest.fixture
def line():
    return Stand(LINE, without=("convergence",))


@pytest.fixture
def network():
    return Stand(EI, EI.first_preset(), without=("diagram", "frequency"))


def test_figures_have_the_hooks_and_names_of_their_bench():
    stand = Stand(LINE, prefix="left-", without=("diagram",))
    for name, pane in stand.panes.items():
        assert stand.figures[name].name == f"ncm-left-{name}"
        assert stand.board.views[name].prefix == "left-"
        assert pane.sizing_mode == "stretch_width" and pane.height == stand.board.views[name].height
        assert stand.figures[name].toolbar.autohide
        assert stand.figures[name].sizing_mode == "stretch_width"
        assert stand.figures[name].css_classes == [f"ncm-view-{name}"]
        assert sizes_of(stand, name) == expected_sizes(stand.board.views[name].shape, large=False)


def test_of_the_plots_over_time_only_the_last_has_times_below_it(line):
    over_time = [name for name, view in line.board.views.items() if view.over_time]
    assert over_time == ["input", "trace", "error"]
    assert [line.figures[name].xaxis[0].visible for name in over_time] == [False, False, True]
    assert [line.board.views[name].stacked for name in over_time] == [True, True, False]
    assert all(line.figures[name].xaxis[0].visible for name in line.figures if name not in over_time)
    assert {line.figures[name].min_border_left for name in over_time} == {TIME_BORDERS[False]}
    assert line.figures["phase_line"].min_border_left not in TIME_BORDERS.values()
    assert all(figure.min_border_top == 6 for figure in line.figures.values())
    assert {line.figures[name].margin[1:] for name in over_time} == {(10, 2, 10)}
    assert [line.figures[name].margin[0] for name in over_time] == [
        5 * (line.board.views[name].lines == 0) for name in over_time]
    assert line.figures["phase_line"].margin == (5, 10)


def test_strips_have_few_ticks_unless_rows_have_names(line):
    assert line.figures["input"].yaxis[0].ticker.desired_num_ticks == 3
    assert line.figures["trace"].yaxis[0].ticker.desired_num_ticks != 3
    synapses = Stand(find("synapses"), without=("convergence",))
    spikes = synapses.figures["spikes"]
    assert getattr(spikes.yaxis[0].ticker, "desired_num_ticks", None) != 3
    assert {synapses.figures[name].min_border_left for name, view in synapses.board.views.items()
            if view.over_time} == {NAMED_BORDERS[False]}


def test_tools_stand_where_they_swallow_no_click(line):
    absent = set()
    for stand in (line, Stand(find("synapses"), without=("convergence",))):
        for name, figure in stand.figures.items():
            view = stand.board.views[name]
            assert figure.toolbar_inner == (not view.title)
            assert (figure.toolbar_location is None) == (view.clickable and (not view.title or view.shape == "strip"))
            absent |= {name} if figure.toolbar_location is None else set()
    assert "spikes" in absent and "diagram" not in absent


def test_clicks_and_drags_are_handed_on_with_the_name_of_the_view(network):
    network.event("phase_plane", "tap", 0.01, 0.02)
    network.event("eigenvalues", "tap")
    assert network.said == [("click", "phase_plane", 0.01, 0.02)]
    line = Stand(LINE, without=("convergence",))
    for phase in ("panstart", "pan", "panend"):
        line.event("diagram", phase, 5.0, -67.0)
    assert line.said == [("drag", "diagram", 5.0, -67.0, phase) for phase in ("panstart", "pan", "panend")]
    line.event("phase_line", "pan")
    assert len(line.said) == 3


def test_own_plots_without_anything_to_draw_are_hidden():
    stand = Stand(TRAINS, TRAINS.first_preset())
    drawn = {name for name, result in stand.results.items() if result.columns}
    assert 0 < len(drawn) < len(stand.results)
    assert set(stand.board.shown()) == drawn == {name for name, pane in stand.panes.items() if pane.visible}
    results = stand.ask(TRAINS(**TRAINS.preset_values("Fig 2.3")).snapshot())
    stand.board.appear(results)
    assert set(stand.board.shown()) == {name for name, result in results.items() if result.columns} != drawn


def test_a_view_comes_and_goes(network):
    choices = ViewChoices(explore="X_e", second="X_i")
    result, view = CHART.study(network.snapshot, choices, SILENT), CHART.view(EI)
    pane = network.board.add(CHART, view, result)
    assert pane.css_classes == ["ncm-view-two_parameter"]
    assert network.board.limits("two_parameter") == view.limits(result)
    assert "two_parameter" in network.board.shown() and network.board.live.plots["two_parameter"] is not None
    assert (CHART, view) in network.board.rules
    network.board.remove("two_parameter")
    assert "two_parameter" not in {*network.board.views, *network.board.live.plots, *network.board.shown()}
    assert [v.name for _, v in network.board.rules] == list(network.board.views)
    network.board.send({"two_parameter": {"present": ([1.0], [1.0])}})  # a late frame: nobody is there for it


def test_a_frame_moves_columns_and_axes_and_labels(network):
    moved = network.snapshot.changed(tau_i=25.0, t_end=500.0)
    results = network.ask(moved)
    columns = network.columns(results)
    window = {name: next_window(view, results[name], columns[name], network.board.limits(name), Why.TIME)
              for name, view in network.board.views.items()}
    limits = {name: found for name, found in window.items() if found is not None}
    assert "trace" in limits
    network.board.show(columns, results, limits)
    assert network.ranges("trace") == network.board.limits("trace") == network.board.windows()["trace"]
    assert network.ranges("trace")[0] == (0.0, 500.0)
    x_range = network.figures["trace"].x_range
    assert (x_range.reset_start, x_range.reset_end) == (0.0, 500.0)
    assert network.board.live.drawn("trace")["r_e"][0][-1] == pytest.approx(500.0)


def test_part_of_a_run_leaves_axes_but_those_over_time():
    stand = Stand(EI, EI.first_preset(), without=("diagram", "frequency"))
    before = stand.board.windows()
    results = stand.ask(stand.snapshot.changed(t_end=700.0))
    names = ("trace", "phase_plane")
    shown = stand.board.show_so_far({n: c for n, c in stand.columns(results).items() if n in names}, results, {})
    assert shown is results
    assert stand.board.limits("trace") == ((0.0, 700.0), before["trace"][1])
    assert {n: w for n, w in stand.board.windows().items() if n != "trace"} == {
        n: w for n, w in before.items() if n != "trace"}
    wider = {"phase_plane": ((-1.0, 1.0), (-2.0, 2.0))}
    stand.board.show_so_far({}, results, wider)
    assert stand.ranges("phase_plane") == wider["phase_plane"]


def test_a_frame_shows_and_hides_plots_whole_or_in_part():
    stand = Stand(TRAINS, TRAINS.first_preset())
    results = stand.ask(TRAINS(**TRAINS.preset_values("Fig 2.3")).snapshot())
    expected = {name for name, result in results.items() if result.columns}
    stand.board.show(stand.columns(results), results, {})
    assert set(stand.board.shown()) == expected
    columns = stand.columns(stand.results)
    stand.board.show_so_far(columns, stand.results, {})
    assert set(stand.board.shown()) == {name for name, result in stand.results.items() if result.columns} != expected
    for name in stand.board.shown():
        drawn = stand.board.live.drawn(name)
        assert all(same(drawn[layer][0], given[0]) for layer, given in columns[name].items())


def test_labels_follow_a_frame(network):
    figure = network.figures["phase_plane"]
    figure.title.text = "stale"
    network.board.show({}, network.results, {})
    assert figure.title.text == "phase plane (click)"


def test_words_in_plots_grow_also_where_they_come_later():
    for large in (False, True):
        stand = Stand(EI, EI.first_preset(), large=large)
        glyphs = {key: glyph for key, glyph in stand.board.live.glyphs.items() if hasattr(glyph, "text_font_size")}
        assert ("diagram", "codes") in glyphs
        assert glyphs["diagram", "codes"].text_font_size == (FONT_SIZES[True]["tick"] if large
                                                             else style.LABEL["text_font_size"])


def test_axes_of_views_that_are_gone_are_not_moved(network):
    before = network.board.windows()
    network.board.follow({"gone": ((0.0, 1.0), (0.0, 1.0))})
    assert network.board.windows() == before


def test_the_colours_of_a_heat_map_follow_their_range():
    stand = Stand(TRAINS, "Fig 2.2, Ex 2.1.2")
    name = next(name for name, view in stand.board.views.items() if view.coloured() and stand.results[name].columns)
    (x, y, _), layer = stand.board.limits(name), stand.board.views[name].coloured()[0].name
    stand.board.follow({name: (x, y, (0.0, 0.5))})
    mapper = stand.board.live.glyphs[name, layer].color_mapper
    assert (mapper.low, mapper.high) == (0.0, 0.5)


def test_late_answers_are_sent_and_wiped():
    stand = Stand(EI, EI.first_preset(), without=("frequency",))
    before = stand.board.windows()
    stand.board.send_late("cycles", None)
    stand.board.send_late("no such question", object())
    assert stand.board.windows() == before
    sent = {name: view.late("cycles", None) for name, view in stand.board.views.items()}
    assert any(sent.values()) and not all(sent.values())


def ink_of(stand, name):
    glyphs, layers = stand.board.live.glyphs, stand.board.views[name].all_layers()
    return {getattr(glyphs[name, layer.name], of) for layer in layers if (name, layer.name) in glyphs
            for of in layer.ink}


def test_ink_turns_with_the_theme_and_nothing_else_does(line):
    hues = {key: glyph.line_color for key, glyph in line.board.live.glyphs.items() if key == ("trace", "V")}
    assert ink_of(line, "diagram") == {style.INK}
    line.board.paint(True)
    assert ink_of(line, "diagram") == {style.INK_DARK}
    assert {key: line.board.live.glyphs[key].line_color for key in hues} == hues
    line.board.paint(False)
    assert ink_of(line, "diagram") == {style.INK}
    assert ink_of(Stand(LINE, dark=True, without=("convergence",)), "diagram") == {style.INK_DARK}


def sizes_of(stand, name):
    figure = stand.figures[name]
    return (figure.title.text_font_size, figure.xaxis[0].axis_label_text_font_size,
            figure.xaxis[0].major_label_text_font_size, figure.yaxis[0].axis_label_text_font_size,
            figure.yaxis[0].major_label_text_font_size)


def expected_sizes(shape, large):
    wide, low = FONT_SIZES[large], LOW_SIZES if large else FONT_SIZES[large]
    title = (low if shape == "square" else wide)["title"]
    up = low if shape == "strip" else wide
    return title, wide["label"], wide["tick"], up["label"], up["tick"]


@pytest.mark.parametrize("first", [False, True])
def test_text_and_plots_grow_for_the_projector_and_shrink_again(first):
    stand = Stand(LINE, large=first, without=("convergence",))
    plain = {name: view.height for name, view in stand.board.views.items()}
    for large in (first, not first, not first, first):
        stand.board.enlarge(large)
        for name, view in stand.board.views.items():
            assert sizes_of(stand, name) == expected_sizes(view.shape, large)
            assert stand.figures[name].min_height == pytest.approx(plain[name] * GROWTH**large, abs=1)
            for legend in stand.figures[name].legend:
                tick = (LOW_SIZES if large and view.shape == "strip" else FONT_SIZES[large])["tick"]
                assert legend.label_text_font_size == tick
                assert f"font-size: {tick} !important" in legend.stylesheets[0]
        assert stand.figures["trace"].min_border_left == TIME_BORDERS[large]


def test_trails_begin_anew(network):
    trail = network.board.views["eigenvalues"].trail
    network.board.views["eigenvalues"].columns(network.results["eigenvalues"])
    assert trail
    network.board.forget_trails()
    assert not trail


def test_labels_that_depend_on_choices_are_written_anew_where_they_differ(network, monkeypatch):
    view, figure = network.board.views["phase_plane"], network.figures["phase_plane"]
    view.x_label, view.title = "r_i", "a plane"
    network.board.views["trace"].y_label = "nothing"
    network.board.relabel_all()
    assert (figure.xaxis[0].axis_label, figure.title.text) == ("rᵢ", "a plane")
    assert network.figures["trace"].yaxis[0].axis_label != "nothing"
    network.board.relabel("gone")
    monkeypatch.setattr(view, "relabel", None)
    network.board.relabel_all()
