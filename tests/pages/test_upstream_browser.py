"""What the pages replace in BokehJS binds here and changes no picture; class names that styles need exist."""

from __future__ import annotations

import pytest

from ncm_app.pages.upstream import RELIANCES
from tests.pages.tabs import Tab, tab_in

BOUND = {
    "VisualProperties._get_css_value", "InlineStyleSheet._update", "GlyphRendererView.update_position",
    "LegendView._render_items", "LineView.index_data", "HasProps.setv",
    "ScatterView.index_data", "ScatterView._mask_data", "ScatterView._paint",
}
PICTURES = """() => Bokeh.documents.flatMap(d => d.roots()).length && Object.fromEntries(
  ['trace', 'phase_plane', 'eigenvalues', 'diagram'].map(view => {
    const figure = Bokeh.documents.map(d => d.get_model_by_name('ncm-' + view)).find(f => f)
    return [view, figure ? Bokeh.index.find_one(figure).export('png').canvas.toDataURL() : 'missing']
  }))"""


def test_every_replacement_binds(tab):
    found = tab.page.evaluate("window.ncmUpstream")
    assert found["tried"] is True
    assert set(found["bound"]) == BOUND
    names = " ".join(row.name for row in RELIANCES if row.of == "bokehjs")
    assert all(name.split(".")[1] in names for name in BOUND)


def test_pictures_are_the_same_without_the_replacements(browser, patient_server):
    drawn = []
    for plain in (False, True):
        with tab_in(browser, patient_server) as opened:
            opened.page.add_init_script(f"window.ncmPlain = {str(plain).lower()}")
            opened.open("model=ei_rate_network&preset=Fig+3.4+A,B&tau_i=30")
            opened.until(lambda: opened.value("tau_i") == 30.0)
            opened.until(lambda: "fold of cycles" in opened.text("regime"))
            opened.page.wait_for_timeout(500)
            assert opened.page.evaluate("ncmUpstream.tried") is not plain
            drawn.append(opened.page.evaluate(PICTURES))
    assert set(drawn[0]) == {"trace", "phase_plane", "eigenvalues", "diagram"}
    assert "missing" not in drawn[0].values()
    assert [view for view in drawn[0] if drawn[0][view] != drawn[1][view]] == []


@pytest.mark.parametrize("name", ["MuiAppBar-root", "MuiAccordionSummary-root", "MuiAccordionSummary-content",
                                  "MuiAccordionDetails-root", "MuiTypography-root", "MuiToolbar-root",
                                  "MuiCardHeader-title", "MuiCardHeader-root"])
def test_class_names_of_the_shell_exist(tab, name):
    assert tab.page.locator(f".{name}").count() > 0


def test_class_names_of_the_phones_drawer_exist(browser, patient_server):
    with tab_in(browser, patient_server, 390, 844) as phone:
        Tab(phone.page, patient_server).open("model=lif")
        phone.page.get_by_role("button", name="menu").first.click()
        phone.page.wait_for_selector(".MuiDrawer-modal .MuiDrawer-paper")
