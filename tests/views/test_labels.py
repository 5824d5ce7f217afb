"""Codes of special points travel with their places and are marked for the browser, which places them."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find
from ncm_app.session.plot_rules import rules_for
from ncm_app.views import style
from ncm_app.views.labels import codes_at, codes_layer
from tests.views.answers import is_absent


def test_each_point_has_its_code_where_it_lies():
    x, y, texts = codes_at([("H", 10.0, 0.0), ("LPC", 11.0, 2.0)])
    assert (x.tolist(), y.tolist(), texts) == ([10.0, 11.0], [0.0, 2.0], ["H", "LPC"])
    assert is_absent(codes_at([]))


@pytest.mark.parametrize("slug", ["ei_rate_network", "lorenz"])
def test_the_browser_knows_codes_and_the_points_that_they_keep_clear_of(slug):
    views = [view for _, view in rules_for(find(slug)) if view.name in ("diagram", "frequency", "two_parameter")]
    assert views
    for view in views:
        tags = {layer.name: layer.glyph("view").tags for layer in view.layers() if not layer.row.has_colours}
        assert {name for name, said in tags.items() if said == ["codes"]} == {
            layer.name for layer in view.layers() if "codes" in layer.name}
        special = {layer.name for layer in view.layers() if layer.look.get("color") == style.SPECIAL_HUE}
        assert special == {name for name, said in tags.items() if said == ["special"]} != set()
    assert codes_layer("codes").glyph("view").text_font_size == "10pt"

