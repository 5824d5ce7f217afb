"""Symbols: every Greek letter, indices in HTML and in plain text, names within sentences."""

from __future__ import annotations

import unicodedata

import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.core.model import Flow, Quantity, State
from ncm_app.core.symbols import (
    ACCENTS,
    GREEK,
    LOWERED,
    RAISED,
    Symbols,
    in_signs,
    in_symbols,
    symbols_of,
    tex_name,
    to_html,
    to_unicode,
)

CAPITALS = {"Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"}
"""Those that TeX has: the others look like Latin ones."""

SPELLING = {"lambda": "LAMDA", "digamma": "DIGAMMA"}


@pytest.mark.parametrize(("tex", "text", "page"), [
    (r"\tau_e", "τₑ", "τ<sub>e</sub>"), ("w_{ee}", "wₑₑ", "w<sub>ee</sub>"), (r"\Delta t", "Δt", "Δt"),
    (r"r_{\max}", "rₘₐₓ", "r<sub>max</sub>"), (r"V_\mathrm{re}", "Vᵣₑ", "V<sub>re</sub>"),
    (r"V_{\mathrm{re}}", "Vᵣₑ", "V<sub>re</sub>"), ("V(0)", "V(0)", "V(0)"), ("r_e(0)", "rₑ(0)", "r<sub>e</sub>(0)"),
    (r"\psi_2(0)", "ψ₂(0)", "ψ<sub>2</sub>(0)"), ("I_{e,0}", "Iₑ,₀", "I<sub>e,0</sub>"),
    (r"\kappa_e", "κₑ", "κ<sub>e</sub>"), (r"\xi", "ξ", "ξ"), (r"\Omega_\nu", "Ων", "Ω<sub>ν</sub>"),
    (r"\bar V", "V\u0304", "V\u0304"), (r"\bar{\nu}_e", "ν\u0304ₑ", "ν\u0304<sub>e</sub>"),
    ("x^2", "x²", "x<sup>2</sup>"), ("e^{-T}", "e^-T", "e<sup>-T</sup>"), ("V^{dp}", "Vᵈᵖ", "V<sup>dp</sup>"),
        ("h^{-1}", "h⁻¹", "h<sup>-1</sup>"),
    ("f'", "f′", "f′"), (r"f^\prime", "f′", "f<sup>′</sup>"), (r"m_\infty", "m∞", "m<sub>∞</sub>"),
    (r"g_{\mathrm{Na}}", "gNa", "g<sub>Na</sub>"), ("E_L", "EL", "E<sub>L</sub>"), (r"\tau_w", "τw", "τ<sub>w</sub>"),
    ("V_{T_e}", "VTₑ", "V<sub>T<sub>e</sub></sub>"), ("a < b", "a < b", "a &lt; b"),
    (r"\beta_\phi", "βᵩ", "β<sub>ϕ</sub>"),
    ("x_", "x", "x<sub></sub>"), ("", "", ""), ("}", "", ""), ("{x", "x", "x"),
])
def test_tex_is_read_as_text_and_as_html(tex, text, page):
    assert (to_unicode(tex), to_html(tex)) == (text, page)


@pytest.mark.parametrize("name", GREEK)
def test_every_greek_letter_of_tex_is_that_letter(name):
    plain = name.removeprefix("var")
    called = unicodedata.name(GREEK[name])
    assert SPELLING.get(plain.lower(), plain.upper()) in called.split() or plain == "sigma"
    assert ("CAPITAL" in called) == plain.istitle()
    assert called.startswith("GREEK")
    for text in (to_unicode(rf"\{name}_e"), in_symbols(f"{name}_e"), in_symbols(tex_name(name).strip("\\")) + "ₑ"):
        assert text == f"{GREEK[name]}ₑ"
    assert to_html(rf"\{name}") == GREEK[name]


def test_the_table_holds_all_letters_and_each_once():
    assert {name for name in GREEK if name.istitle()} == CAPITALS
    small = {chr(code) for code in range(0x3B1, 0x3CA)} - {"ο"}  # omicron is TeX's o
    assert small <= set(GREEK.values())
    letters = [GREEK[name] for name in GREEK if not name.startswith("var") or name[3:].islower()]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize(("table", "kind"), [(LOWERED, "<sub>"), (RAISED, "<super>")])
def test_indices_and_exponents_are_unicodes_own(table, kind):
    for plain, moved in table.items():
        decomposed = unicodedata.decomposition(moved)
        if plain in ",′*°":
            assert moved == plain
            continue
        assert decomposed.startswith(kind)
        meant = chr(int(decomposed.split()[1], 16))
        assert unicodedata.normalize("NFKC", plain) in (meant, {"−": "-"}.get(meant, meant))


def test_accents_combine():
    assert all(unicodedata.combining(accent) for accent in ACCENTS.values())


@pytest.mark.parametrize(("name", "tex"), [
    ("x", "x"), ("x_ab", "x_{ab}"), ("x_e", "x_e"), ("tau_m", r"\tau_m"), ("theta", r"\theta"), ("Phi", r"\Phi"),
    ("g_Na", r"g_{\mathrm{Na}}"), ("g_K", "g_K"), ("w_e_i", "w_{e,i}"), ("I1", "I_1"), ("x_inf", r"x_{\infty}"),
    ("x_ext", r"x_{\mathrm{ext}}"), ("x_sigma", r"x_{\sigma}"), ("V_re", "V_{re}"), ("upsilon", r"\upsilon"),
    ("current", r"\mathrm{current}"), ("_hidden", r"\mathrm{hidden}")])
def test_a_name_tells_its_symbol(name, tex):
    assert tex_name(name) == tex


def test_controls_and_variables_have_a_shown_name():
    control = find("ei_rate_network").control("tau_i")
    assert (control.symbol, control.tex, control.shown_name, control.html_name) == (
        "", r"\tau_i", "τᵢ", "τ<sub>i</sub>")
    assert find("ei_rate_network").control("dt").shown_name == "Δt"
    assert find("ei_rate_network").control("r_e_0").shown_name == "rₑ(0)"
    assert find("synapses").control("s_e").html_name == "s<sub>e</sub>"
    assert find("poisson_process").control("seed").shown_name == "seed"
    assert State("V_c", span=(0.0, 1.0)).html_name == "V<sub>c</sub>"
    assert State("x", span=(0.0, 1.0), symbol=r"\bar x").start_quantity().symbol == r"\bar x(0)"


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_symbols_are_stated_only_where_the_name_does_not_tell(model):
    for one in (*model.controls().values(), *model.states):
        if one.symbol and not one.symbol.endswith("(0)"):
            assert to_html(one.symbol) != to_html(tex_name(one.name)) or r"\mathrm" in one.symbol, one.name
        assert not set("\\{}_^") & set(one.shown_name + one.html_name)
    names = [one.shown_name for one in model.controls().values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("words", "text"), [
    ("V moves toward E_L + I_x, as fast as tau_m allows.", "V moves toward EL + Iₓ, as fast as τₘ allows."),
    ("Set dt to 2 tau: tau ln 2", "Set Δt to 2 τ: τ ln 2"), ("start at r_e(0) = 0.005", "start at rₑ(0) = 0.005"),
    ("dr_e/dt = 0", "drₑ/dt = 0"), ("dpsi/dt (1/ms)", "dψ/dt (1/ms)"), ("tau dx/dt", "τ dx/dt"),
    ("e^(-t/tau)", "e^(−t/τ)"), ("V − E_L", "V − EL"), ("theta_j' = omega_j", "θⱼ' = ωⱼ"), ("τ_n", "τₙ"),
    ("x(t_1), k(t_0 - s)", "x(t₁), k(t₀ − s)"), ("above I_th.", "above Iₜₕ."), ("GABA_A", "GABAA"),
    ("beta_m of 1/18", "βₘ of 1/18"), ("2 pi / A", "2 π / A"), ("t_end = 3", "T = 3"),
    ("a pint of input", "a pint of input"), ("r_1.csv, spike_times, my_file", "r_1.csv, spike_times, my_file"),
    ("a taut line, beta2", "a taut line, beta2"), ("", ""), ("τᵢ", "τᵢ"), ("signal", "signal"),
])
def test_names_in_a_sentence_become_symbols(words, text):
    class Walk(Flow):
        """A model whose signal is named by a word."""

        signal = Quantity(1.0, bounds=(0, 2), symbol="x")
        states = (State("r_e", span=(0.0, 1.0)),)

    write = Symbols([*Walk.controls().values(), *Walk.states])
    assert write.text(words) == text
    assert write.text(text) == text


@pytest.mark.parametrize(("words", "text"), [
    ("from -10 to -40 mV ms", "from −10 to −40 mV ms"), ("RMS of z - y", "RMS of z − y"), ("(x - 1)", "(x − 1)"),
    ("x^2 - 1 >= a", "x² − 1 ≥ a"), ("-W^-1 X", "−W⁻¹ X"), ("10^-3", "10⁻³"), ("sqrt(1 - K)", "√(1 − K)"),
    ("f-I curve", "f-I curve"), ("Fig 3.4 A-D", "Fig 3.4 A-D"), ("1e-05", "1e-05"), ("Hopf - and", "Hopf − and"),
    ("spike-triggered", "spike-triggered"), ("half- and full", "half- and full"), ("e^(t/tau)", "e^(t/tau)"),
    ("x^2.5", "x^2.5"), ("V <= 3", "V ≤ 3"), ("--warm", "--warm"), ("2026-11-30", "2026-11-30"),
])
def test_signs_are_those_of_print(words, text):
    assert in_signs(words) == text
    assert in_signs(text) == text


def test_html_of_a_sentence_escapes_the_rest():
    write = symbols_of(find("ei_rate_network")).html
    assert write("<b>tau_e < tau_i</b> & so") == "&lt;b&gt;τ<sub>e</sub> &lt; τ<sub>i</sub>&lt;/b&gt; &amp; so"
    assert write("as 'V' \"is\"") == "as 'V' \"is\""


def test_a_models_own_symbols_take_precedence():
    assert symbols_of(find("linear_system")).text("T < 0 and T_x") == "Tr < 0 and Tₓ"
    assert symbols_of(find("ei_rate_network")).text("T < 0, r_max") == "T < 0, rₘₐₓ"


def test_a_learning_rate_is_a_symbol_in_sentences():
    text = symbols_of(models()["rnn_readout"]).text
    assert text("learning will diverge: eps = 0.05") == "learning will diverge: ϵ = 0.05"
    assert text("each step, gain by gain") == "each step, gain by gain"
