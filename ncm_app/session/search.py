"""Find pages by what people type: titles, figures in any spelling, symbols, topics, texts, with slips."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from ncm_app.core import catalogue
from ncm_app.core.model import Model
from ncm_app.core.symbols import GREEK, LOWERED, RAISED
from ncm_app.session.topics import ALIASES, TOPICS

STOP = {"the", "a", "an", "of", "in", "and", "for", "to", "with", "on", "what", "is", "how", "does", "do", "by", "at",
        "show", "me", "where", "my", "model", "page", "neuron", "i", "can", "see",
        "that", "which"}
"""Words that choose nothing, unless nothing else is asked."""

TITLE, TOPIC, NAMED, PLOT, SYMBOL, SENTENCE, TEXT = 10.0, 8.0, 7.0, 5.0, 5.0, 4.0, 1.0
"""What a word counts that is found there."""
WHOLE = 6.0
"""What it counts more where a title, topic or preset holds all that is asked."""
PREFIX, ALIKE = 0.7, 0.5
"""What the beginning of a word, or a word that is alike, counts beside the word."""

_LETTERS = {letter: name.removeprefix("var") for name, letter in GREEK.items()}
_RAISED = {shown: plain for plain, shown in RAISED.items()}
_LOWERED = {shown: plain for plain, shown in LOWERED.items() if plain.isalnum()}
_INDEX = re.compile(f"[{''.join(_LOWERED)}]+")
_SPELLINGS = tuple((re.compile(pattern), new) for pattern, new in (
    (r"\bfigures?\b|\bfigs?\b\.?", " fig "), (r"\bexercises?\b|\bexs?\b\.?", " ex "),
    (r"\bequations?\b|\beqs?\b\.?", " eq "), (r"\bsections?\b|\bsecs?\b\.?|\bchapters?\b|§", " "),
    (r"\bfig(?=\d|[ab]\.?\d)", "fig "), (r"\bex(?=\d|[ab]\.\d)", "ex "),
    (r"\b([ab])\s?\.?\s?(?=\d)", r"\1."), (r"(?<=\d)\s*\.\s*(?=\d)", "."), (r"(?<=\d)([a-f])\b", r" \1"),
    (r"\bf\s*[-–/ ]\s*i\b", "fi"), (r"\be\s*[-–/ ]\s*i\b", "ei"), (r"['’]s?\b", ""),
    (r"[^\w.]+|_(?=\s|$)|\.(?!\d)", " "),
))


def plain(text: str) -> str:
    """Return a text as it is compared: in small letters, Greek by name, figures and exercises in one spelling."""
    text = _INDEX.sub(lambda found: "_" + "".join(_LOWERED[c] for c in found.group()), text)
    text = "".join(_RAISED.get(c, c) for c in text)
    text = re.sub(r" (?=_)", "", "".join(f" {_LETTERS[c]} " if c in _LETTERS else c for c in text)).lower()
    for pattern, new in _SPELLINGS:
        text = pattern.sub(new, text)
    return " ".join(map(_singular, text.split()))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


_CHAPTER = re.compile(r"(?:chapter|appendix|ch\.?)\s*([1-9abg])", re.IGNORECASE)
"""A whole chapter of the catalogue."""


class Field(NamedTuple):
    """A text of a page: its words, what one counts, the preset that it leads to, and whether it is a name."""

    words: frozenset[str]
    weight: float
    preset: str = ""
    name: bool = False


class Hit(NamedTuple):
    """A page that was found, and the preset that shows what was asked, "" for the first one."""

    model: type[Model]
    preset: str
    score: float


def _field(text: str, weight: float, preset: str = "", name: bool = False) -> Field:
    return Field(frozenset(plain(text).split()), weight, preset, name)


def _fields(model: type[Model]) -> Iterator[Field]:
    yield _field(f"{model.title} {model.acronym} {model.slug()} {model.slug().replace('_', ' ')}", TITLE, name=True)
    yield _field(model.chapter, TITLE, name=True)
    yield _field(ALIASES.get(model.slug(), ""), TOPIC)
    for topic in TOPICS:
        for place, (slug, preset) in enumerate(topic.pages):
            if slug == model.slug():
                weight = TOPIC + 3.0 - 0.8 * place
                yield _field(topic.name, weight, preset, name=True)
                yield _field(topic.words, weight - 1.0, preset)
    for name, preset_ in model.presets.items():
        yield _field(" ".join((name, *preset_.formerly)), NAMED, name, name=True)
        yield _field(preset_.sentence, TEXT + 1.0, name)
    for plot in model.plots:
        yield _field(plot.title, PLOT)
    yield _field(" ".join((*model.controls(), *(control.shown_name for control in model.controls().values()),
                           *(state.name for state in model.states))), SYMBOL)
    yield _field(model.sentence(), SENTENCE)
    yield _field(" ".join((model.__doc__ or "", model.look_for, model.book_note, *model.try_this,
                           *(control.doc or "" for control in model.controls().values()))), TEXT)


@functools.cache
def fields_of(model: type[Model]) -> tuple[Field, ...]:
    """Return the words of a page."""
    return tuple(_fields(model))


@functools.cache
def _known(models: tuple[type[Model], ...]) -> frozenset[str]:
    return frozenset(word for model in models for field in fields_of(model) for word in field.words)


def _alike(word: str, known: frozenset[str]) -> frozenset[str]:
    """Return the word, or what may be meant by one that no page has."""
    if word in known or len(word) < 4 or any(one.startswith(word) for one in known):
        return frozenset([word])
    return frozenset(difflib.get_close_matches(word, known, n=3, cutoff=0.75)) or frozenset([word])


def _counts(word: str, meant: frozenset[str], field: Field) -> float:
    if word in field.words:
        return field.weight
    if meant & field.words:
        return ALIKE * field.weight
    if not any(c.isdigit() for c in word) and len(word) > 1 and any(one.startswith(word) for one in field.words):
        return PREFIX * field.weight
    return 0.0


def _score(words: list[str], meant: dict[str, frozenset[str]], fields: tuple[Field, ...]) -> tuple[int, float, str]:
    """Return how many of the words a page has, what they count together, and the preset that has most of them."""
    total, found, presets = 0.0, 0, {}  # type: float, int, dict[str, float]
    for word in words:
        best = 0.0
        for field in fields:
            counts = _counts(word, meant[word], field)
            best = max(best, counts)
            if field.preset and counts:
                presets[field.preset] = presets.get(field.preset, 0.0) + counts
        total, found = total + best, found + bool(best)
    for field in fields:
        if field.name and all(_counts(word, meant[word], field) for word in words):
            total += WHOLE + 1.0 / (1 + len(field.words))
            if field.preset:
                presets[field.preset] = presets.get(field.preset, 0.0) + WHOLE * len(words)
            break
    preset = max(presets, key=lambda name: presets[name], default="")
    return found, total, preset if presets and presets[preset] >= NAMED * 0.9 else ""


def search(text: str) -> list[Hit]:
    """Return the pages that have what is asked, the best first; those with most of the words where none has all.

    An empty text finds all pages, in the order of the book.
    """
    models = tuple(catalogue.models().values())
    if chapter := _CHAPTER.fullmatch(text.strip()):
        return [Hit(model, "", 0.0) for model in models if model.chapter.split(".")[0] == chapter[1].upper()]
    words = list(dict.fromkeys(plain(text).split()))
    words = [word for word in words if word not in STOP] or words
    if not words:
        return [Hit(model, "", 0.0) for model in models]
    meant = {word: _alike(word, _known(models)) for word in words}
    scored = [(*_score(words, meant, fields_of(model)), model) for model in models]
    most = max((found for found, _, _, _ in scored), default=0)
    # Of many words a page may lack one: it comes after those that have all.
    least = most - (len(words) > 2)
    hits = [(found, Hit(model, preset, total)) for found, total, preset, model in scored if found >= max(least, 1)]
    return [hit for _, hit in sorted(hits, key=lambda pair: (-pair[0], -pair[1].score))]
