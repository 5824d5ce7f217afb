"""What the pages replace in BokehJS binds here and changes no picture; class names that styles need exist."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ncm_app.pages.upstream import RELIANCES
from tests.support.tabs import Tab, tab_in

BOUND = ["_draw_legend_items", "_get_css_value", "_mask_data", "_paint", "_paint", "_render_items", "_update",
         "apply_json_patch", "index_data", "index_data", "setv", "update_position"]
PICTURES = """() => Bokeh.documents.flatMap(d => d.roots()).length && Object.fromEntries(
  ['trace', 'phase_plane', 'eigenvalues', 'diagram'].map(view => {
    const figure = Bokeh.documents.map(d => d.get_model_by_name('ncm-' + view)).find(f => f)
    return [view, figure ? Bokeh.index.find_one(figure).export('png').canvas.toDataURL() : 'missing']
  }))"""


def difference(one, other):
    """Return the share of pixels that differ clearly: a legend may lie a part of a pixel higher or lower."""
    first, second = (np.array(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("L"), dtype=int)
                     for url in (one, other))
    assert first.shape == second.shape
    return np.mean(np.abs(first - second) > 40)


def test_every_replacement_binds(tab):
    found = tab.page.evaluate("window.ncmUpstream")
    assert found["tried"] is True
    assert sorted(found["bound"]) == BOUND
    names = " ".join(row.name for row in RELIANCES if row.of == "bokehjs")
    assert all(name in names for name in BOUND)


def test_pictures_are_the_same_without_the_replacements(browser, patient_server):
    drawn = []
    for plain in (False, True):
        with tab_in(browser, patient_server) as opened:
            opened.page.add_init_script(f"window.ncmSlow = {str(plain).lower()}")
            opened.open("model=ei_rate_network&preset=Fig+3.4+A,B&tau_i=30")
            opened.until(lambda: opened.value("tau_i") == 30.0)
            opened.until(lambda: "fold of cycles" in opened.text("regime"))
            opened.page.wait_for_timeout(500)
            assert len(opened.page.evaluate("ncmUpstream.bound")) == (4 if plain else len(BOUND))
            drawn.append(opened.page.evaluate(PICTURES))
    assert set(drawn[0]) == {"trace", "phase_plane", "eigenvalues", "diagram"}
    assert "missing" not in drawn[0].values()
    assert {view: share for view in drawn[0] if (share := difference(drawn[0][view], drawn[1][view])) > 0.001} == {}


@pytest.mark.parametrize("name", ["MuiAppBar-root", "MuiTypography-root", "MuiToolbar-root",
                                  "MuiCardHeader-content", "MuiCardHeader-root"])
def test_class_names_of_the_shell_exist(tab, name):
    tab.page.wait_for_selector(f".{name}", state="attached")


def test_class_names_of_the_phones_drawer_exist(browser, patient_server):
    with tab_in(browser, patient_server, 390, 844) as phone:
        Tab(phone.page, patient_server).open("model=lif")
        phone.page.get_by_role("button", name="drawer").first.click()
        phone.page.wait_for_selector(".MuiDrawer-modal .MuiDrawer-paper")
