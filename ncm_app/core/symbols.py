"""Names as a page writes them: tau_i is \\tau_i in TeX, τ with an index in HTML, τᵢ in plain text.

Python, links, CSV and scripts spell names; a page shows symbols. Where it is HTML (sliders, texts) an index
is one. All other text is Unicode: lists, titles and sentences, and axes and legends, which are drawn on a
canvas, where TeX would load a second MathJax and arrive after the frame. Unicode has no index for every
letter; one that is not complete (E_L, g_Na, V_T, tau_w) stands in plain letters beside its head, as
physiologists print EL, gNa, VT: small capitals and half an index were tried, and read worse.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable
from typing import Any

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "varkappa": "ϰ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ",
    "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "digamma": "ϝ", "Gamma": "Γ",
    "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω",
}
GREEK |= {f"var{name}": letter for name, letter in GREEK.items() if name.istitle()}
"""Every Greek letter of TeX by its name."""

SIGNS = {"infty": "∞", "prime": "′", "ell": "ℓ", "partial": "∂", "cdot": "·", "times": "×", "pm": "±", "circ": "°",
         "ast": "*", "to": "→", "sum": "∑", "langle": "⟨", "rangle": "⟩", ",": " ", ";": " ", ":": " ", " ": " ",
         "quad": " ", "!": ""}
ACCENTS = {"bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307",
           "ddot": "\u0308", "vec": "\u20d7"}
FONTS = {"mathrm", "mathit", "mathbf", "mathsf", "mathcal", "text", "textrm", "operatorname", "rm"}

LOWERED = dict(zip("0123456789+-−=(),aehijklmnoprstuvxβγρϕφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎,ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵩᵪ", strict=True))
RAISED = dict(zip(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyz′*°",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ′*°", strict=True))
"""Characters that Unicode has as an index, and as an exponent."""

_TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|.", re.DOTALL)
_LETTERS = f"A-Za-z{''.join(GREEK.values())}"
_WORD = re.compile(rf"(?<![\w.])(d(?=\w+/dt))?([{_LETTERS}][{_LETTERS}0-9_]*)(?![{_LETTERS}0-9_]|\.\w)")
_INDEXED = re.compile(rf"(?:[{_LETTERS}]|[A-Z]{{2,4}}|{'|'.join(GREEK)})(?:_[A-Za-z0-9]{{1,4}})+")
"""What is a symbol wherever it stands: r_e, tau_m, GABA_A; neither spike_times nor a file such as run_1.csv."""


_SIGNS = ((re.compile(r"(?<=[\w)\]′]) - (?=[\w(\[|√])"), " − "), (re.compile(r"(?<![\w.)\]′-])-(?=[\w.(])"), "−"),
          (re.compile(r">="), "≥"), (re.compile(r"<="), "≤"), (re.compile(r"\bsqrt\("), "√("))
_POWER = re.compile(r"\^(−?[0-9]+|n)(?![\w.])")


def in_signs(words: str) -> str:
    """Return words with the signs of print: −1 for -1, a − b for a - b, x² for x^2, ≥ for >=, √ for sqrt."""
    for found, sign in _SIGNS:
        words = found.sub(sign, words)
    return _POWER.sub(lambda power: "".join(RAISED[c] for c in power[1]), words)


def tex_name(name: str) -> str:
    """Return the TeX of a Python name: `x_ab` is x with index ab, Greek is Greek, inf is infinity."""
    head, *rest = re.sub(r"(?<=[A-Za-z])(\d+)", r"_\1", name.strip("_")).split("_")
    index = ",".join(_word(part, plain_up_to=2) for part in rest if part)
    return _word(head, plain_up_to=1) + (f"_{{{index}}}" if len(index) > 1 else f"_{index}" * bool(index))


def _word(text: str, plain_up_to: int) -> str:
    if text in GREEK:
        return f"\\{text}"
    if text == "inf":
        return r"\infty"
    element = len(text) == 2 and text.istitle()  # Na, Ca: upright, as chemists print them
    return text if text.isdigit() or (len(text) <= plain_up_to and not element) else rf"\mathrm{{{text}}}"


@functools.lru_cache(4096)
def to_html(tex: str) -> str:
    """Return the TeX of a symbol as HTML: \\tau_{ee} is τ<sub>ee</sub>."""
    return _Reading(tex, html.escape, "<sub>{}</sub>".format, "<sup>{}</sup>".format).read()


@functools.lru_cache(4096)
def to_unicode(tex: str) -> str:
    """Return the TeX of a symbol as plain text: \\tau_{ee} is τₑₑ, g_\\mathrm{Na} is gNa."""
    return _Reading(tex, str, functools.partial(_moved, LOWERED, ""), functools.partial(_moved, RAISED, "^")).read()


def _moved(table: dict[str, str], else_after: str, text: str) -> str:
    """Return text as an index or an exponent, in plain letters unless all of it can be one."""
    return "".join(table[c] for c in text) if all(c in table for c in text) else else_after + text


class _Reading:
    """Reads the TeX of one symbol from left to right."""

    def __init__(self, tex: str, plain: Callable[[str], str], lower: Callable[[str], str],
                 lift: Callable[[str], str]) -> None:
        self._tokens = list(reversed(_TOKEN.findall(tex)))
        self._plain, self._lower, self._lift = plain, lower, lift

    def read(self) -> str:
        """Return all up to the end, or to the brace that closes."""
        parts = []
        while self._tokens and (token := self._tokens.pop()) != "}":
            parts.append(self._meaning(token))
        return "".join(parts)

    def _next(self) -> str:
        return self._meaning(self._tokens.pop()) if self._tokens else ""

    def _meaning(self, token: str) -> str:
        if token == "{":
            return self.read()
        if token in "_^":
            return (self._lower if token == "_" else self._lift)(self._next())
        if not token.startswith("\\"):
            return "′" if token == "'" else self._plain(token)
        name = token[1:].strip() or " "
        if name in FONTS:
            return self._next()
        if name in ACCENTS:
            return self._next() + ACCENTS[name]
        return GREEK.get(name) or SIGNS.get(name, name)


NO_WORDS = {"eps"}
"""Names as long as words that stand for nothing else."""


class Named:
    """What has a name in Python, and a symbol in TeX where the name does not tell it."""

    __slots__ = ()
    name: str
    symbol: str

    @property
    def tex(self) -> str:
        """The symbol in TeX."""
        return self.symbol or tex_name(self.name)

    @property
    def shown_name(self) -> str:
        """The symbol in plain text, for lists, axes and sentences; words stay words."""
        return to_unicode(self.symbol) if self.symbol else in_symbols(self.name)

    @property
    def html_name(self) -> str:
        """The symbol in HTML, for sliders and texts."""
        return to_html(self.tex)


class Symbols:
    """How the names of a model are written in sentences.

    Names that are words, such as `input`, stay words; so do single letters that are their own symbols.
    Greek letters and what has an index are symbols in every model.
    """

    def __init__(self, named: Iterable[Named] = ()) -> None:
        self._tex = {one.name: one.tex for one in named
                     if len(one.name) <= 2 or "_" in one.name or one.name in NO_WORDS}

    def text(self, words: str) -> str:
        """Return words with symbols in the place of names, and signs in that of their spellings, as plain text."""
        return _WORD.sub(lambda found: found[0] if (tex := self._of(found)) is None else
                         (found[1] or "") + to_unicode(tex), in_signs(words))

    def html(self, words: str) -> str:
        """Return words with symbols in the place of names, as HTML."""
        return _WORD.sub(lambda found: found[0] if (tex := self._of(found)) is None else
                         (found[1] or "") + to_html(tex), html.escape(in_signs(words), quote=False))

    def _of(self, found: re.Match[str]) -> str | None:
        """Return the TeX of a word, None for one that is no symbol."""
        name = found[2]
        if name == "dt" and found.string[:found.start(2)].endswith("/"):  # of a derivative
            return None
        if name in self._tex:
            return self._tex[name]
        return tex_name(name) if name in GREEK or _INDEXED.fullmatch(name) else None


@functools.cache
def symbols_of(model: Any) -> Symbols:
    """Return how the names of a model's controls and variables are written in what its page says and draws."""
    return Symbols([*model.controls().values(), *model.states, *getattr(model, "observed", ())])


in_symbols = Symbols().text
"""Words with symbols in the place of what is one in every model."""
