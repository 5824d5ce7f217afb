"""What mail, search and learning platforms add to a link is passed over, and nothing else."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.core.share import RESERVED, Shared, decode, encode
from ncm_app.core.trackers import is_tracker

EVERY = pytest.mark.parametrize("model", models().values(), ids=models())
NETWORK = find("ei_rate_network")
START = "model=ei_rate_network&v=1&preset=Fig+3.4+C,D"


@pytest.mark.parametrize("added", [
    "utm_source=moodle&utm_medium=email&utm_campaign=week%203", "fbclid=IwAR0" + "x" * 90, "gclid=Cj0KCQ" + "y" * 120,
    "mc_cid=5a&mc_eid=UNIQID", "msclkid=9&dclid=8&igshid=7&yclid=6&twclid=5&ttclid=4", "gbraid=0&wbraid=1&gad_source=1",
    "_ga=2.1.3&_gl=1*abc", "ref_src=twsrc%5Etfw&ref_url=https%3A%2F%2Fa.org", "si=Abc-1", "UTM_Source=x&FBCLID=y",
    "utm%5Fsource=x", "utm_term=%CF%80&utm_content=%00", "utm_source", "utm_source=a&utm_source=b", "mtm_source=list",
    "&".join(f"utm_{i}=1" for i in range(400)), "fbclid=" + "z" * 9000])
@pytest.mark.parametrize("first", [True, False])
def test_trackers_are_passed_over(added, first):
    """As learning platforms, mail and search engines add them; limits count without them."""
    own = f"{START}&tau_i=40&view.explore=g"
    assert decode(f"?{added}&{own}" if first else f"{own}&{added}") == decode(own)
    assert decode(own).complaints == ()
    shared = decode(f"{own}&{added}")
    again = encode(NETWORK(**shared.values).snapshot(), shared.preset, shared.extras)
    assert added.split("=")[0].lower() not in again.lower()
    assert decode(added) == decode("?" + added) == Shared()


@pytest.mark.parametrize("name", ["utm", "my_utm_source", "fbclid2", "clid", "gclide", "tau_gclid", "sib", "ref",
                                  "source", "foo", "tau_j", "q", "_g", "campaign", "view", "id"])
def test_what_is_no_tracker_keeps_its_complaint(name):
    (complaint,) = decode(f"{START}&{name}=5&fbclid=1").complaints
    assert complaint.startswith(f"{name}: ")


def test_choices_of_a_page_are_no_trackers():
    assert decode(f"{START}&view.fbclid=5&view.utm_source=6").extras == {"view": {"fbclid": "5", "utm_source": "6"}}


@EVERY
def test_no_control_is_taken_for_a_tracker(model):
    assert [name for name in (*RESERVED, *model.controls()) if is_tracker(name)] == []
