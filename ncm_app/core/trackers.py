"""Fields that newsletters, search engines and learning platforms add to every link they pass on."""

from __future__ import annotations

from urllib.parse import unquote_plus

FAMILIES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "oly_", "vero_", "_hs", "__hs", "_bta_",
            "__cft__", "at_custom")
"""How the names of whole families of them begin."""

_NAMES = """
    fbclid fb_action_ids fb_action_types fb_source fb_ref __tn__ igsh igshid mibextid
    gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid _ga _gl _gac
    msclkid yclid ysclid ymclid _openstat twclid ttclid tt_medium tt_content li_fat_id trkcampaign epik
    rdt_cid sccid qclid irclickid irgwc cjevent wickedid s_kwcid ef_id
    mc_cid mc_eid mkt_tok ml_subscriber ml_subscriber_hash elqtrackid elqtrack ck_subscriber_id
    dm_i rb_clickid wt_mc wt_zmc cmpid ncid ocid ref_src ref_url si share_id nb_klid unicorn_click_id
    guccounter guce_referrer guce_referrer_sig
    """
TRACKERS = frozenset(_NAMES.split())
"""Single names, in small letters."""


def is_tracker(name: str) -> bool:
    """Tell whether a field of a link only says by which way a reader came."""
    small = name.lower()
    return small in TRACKERS or small.startswith(FAMILIES)


def without_trackers(query: str) -> str:
    """Return a query string without the fields that others added to follow its reader."""
    return "&".join(part for part in query.split("&") if not is_tracker(unquote_plus(part.partition("=")[0])))
