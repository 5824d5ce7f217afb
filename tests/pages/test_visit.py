"""What a visit shows, and that a page that is left stops, without a browser."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from panel.io.state import set_curdoc

from ncm_app.core.catalogue import models
from ncm_app.pages import site
from ncm_app.pages.toolbar import links_from
from ncm_app.pages.visit import HOME, PAUSE, PREPARING, Visit, prepare
from tests.support.session import run_apart, unserved_document

ORDER = list(models().values())


def visited(*queries):
    """Go through addresses; return what is told of each: title, page, whether it has controls."""
    async def act():
        document, told = unserved_document(), []
        with set_curdoc(document):
            visit = Visit(queries[0], site.SHELL)
            document.add_root(visit.shell.get_root(document))
            visit._listen()
            for query in queries[1:]:
                before = visit._content
                visit.go(query)
                assert before is None or before._loop._closed
                told.append((visit.shell.title, visit.traveller.page, len(visit.shell.sidebar)))
            await asyncio.sleep(0)
            visit.close()
        return told

    return run_apart(act())


def test_a_visit_goes_home_and_to_pages():
    titles = {slug: f"{models()[slug].chapter} {models()[slug].title}" for slug in ("lif", "hopf_system")}
    assert visited("", "model=lif", "", "model=hopf_system") == [
        (titles["lif"], "lif", 1), (HOME, "", 0), (titles["hopf_system"], "hopf_system", 1)]


@pytest.mark.parametrize("query", ["model=nonsense", "nonsense", "model=", "%%%", "model=lif&I_0=not+a+number"])
def test_an_address_that_is_wrong_leads_somewhere(query):
    [(title, page, _)] = visited("model=lif", query)
    assert page == ("lif" if "lif" in query else "")
    assert title == (HOME if page == "" else title)


def test_a_page_that_is_being_compiled_says_so_and_comes_afterwards(monkeypatch):
    compiling = {"perceptron": True}
    monkeypatch.setattr("ncm_app.pages.visit.is_compiling", lambda model: compiling.get(model.slug(), False))

    async def act():
        document = unserved_document()
        with set_curdoc(document):
            visit = Visit("model=perceptron", site.SHELL)
            document.add_root(visit.shell.get_root(document))
            visit._listen()
            [sentence] = visit._place.objects
            assert (sentence.text, visit._content) == (PREPARING, None)
            await asyncio.sleep(3 * PAUSE)
            assert visit._content is None
            compiling.clear()
            await asyncio.sleep(5 * PAUSE)
            assert visit._content.bench.model_type.slug() == "perceptron"
            assert visit._content.top.objects  # its controls and buttons are there
            compiling["perceptron"] = True
            visit.go("model=lif")
            visit.go("model=perceptron")
            visit.traveller.trips += 1  # to the same address, once more
            visit.go("")
            compiling.clear()
            await asyncio.sleep(5 * PAUSE)
            assert visit._content is None  # who has gone home stays there
            visit.close()

    run_apart(act())


def test_neighbours_stand_in_the_order_of_the_book():
    names = [[link.name for link in links_from(model)] for model in ORDER]
    assert names[0] == ["home", "after"]
    assert names[-1] == ["home", "before"]
    assert all(name == ["home", "before", "after"] for name in names[1:-1])
    for model, following in pairwise(ORDER):
        assert links_from(model)[-1].facts["href"] == f"?model={following.slug()}"


def test_a_page_that_may_come_next_is_compiled(monkeypatch):
    asked = []
    monkeypatch.setattr("ncm_app.pages.visit.prefer", asked.append)
    for slug in ("lif", "nonsense", "", "__class__"):
        prepare(slug)
    assert asked == [models()["lif"]]
