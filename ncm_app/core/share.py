"""Share links: what differs from a preset, short and readable, read without ever failing.

Fields of the query string, all optional:
  `model`         file name of the model; without it no value can be read
  `v`             version of this format, 1
  `preset`        name of the preset that the values start from (none: the defaults)
  `<parameter>`   a value that differs from the preset, with at most 12 digits
                  (all of them if the model itself states it, such as 2/3)
  `view.<name>`   a choice of the page, such as `view.explore=tau_i`
  `frozen`        values of the frozen run that differ from the preset, packed
  `starts`        clicked start states, packed
Packed means JSON, raw deflate, base64url, after four hexadecimal digits of checksum.
What others add to follow a reader (`utm_source`, `fbclid`, see `core.trackers`) is passed over.
No parameter of a model may have one of the RESERVED names, or that of a tracker.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import math
import re
import textwrap
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from ncm_app.core.catalogue import models
from ncm_app.core.model import Model, unknown
from ncm_app.core.quantity import Choice, Control
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.trackers import without_trackers
from ncm_app.core.written import Written

VERSION = "1"
RESERVED = ("model", "v", "preset", "frozen", "starts", "view")
MAX_QUERY, MAX_UNPACKED, MAX_TEXT, MAX_LIST, MAX_COMPLAINT = 8192, 65536, 64, 1000, 400
"""Bounds in characters: a link, unpacked JSON, a value, a list of times, a complaint."""

MAX_FIELDS, MAX_STARTS = 200, 50

_VIEW = re.compile(r"view\.[A-Za-z][A-Za-z0-9_-]{0,31}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Shared:
    """What a link says, made valid: complete `values`, and a sentence per bad field.

    `extras` may hold `view` (name -> text), `frozen` (complete values of the frozen
    run) and `starts` (list of states).
    """

    model: str = ""
    preset: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


def encode(snapshot: Snapshot, preset: str = "", extras: Mapping[str, Any] | None = None) -> str:
    """Return the query string of a page, without the question mark.

    `extras` has the keys of `Shared.extras`; empty ones are left out.
    """
    model, more = snapshot.model, extras or {}
    reference = model.preset_values(preset)
    fields = {"model": model.slug(), "v": VERSION}
    fields |= {"preset": preset} if preset else {}
    fields |= _differences(model, snapshot.values_by_name, reference)
    fields |= {f"view.{name}": str(value) for name, value in sorted(more.get("view", {}).items())}
    if more.get("frozen") is not None:
        fields["frozen"] = pack(_differences(model, {**reference, **more["frozen"]}, reference))
    if more.get("starts"):
        fields["starts"] = pack([[float(f"{x:.12g}") for x in start] for start in more["starts"]])
    return "&".join(f"{name}={quote_plus(value, safe=',:.-')}" for name, value in fields.items())


def decode(query: str, catalogue: Mapping[str, type[Model]] | None = None) -> Shared:
    """Read a query string; what is wrong in it is named in `complaints`, and the rest kept."""
    return _Reader(query, models() if catalogue is None else catalogue).read()


def pack(value: Any) -> str:
    """Return a value as compressed, URL-safe text with a checksum."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = press.compress(json.dumps(value, separators=(",", ":")).encode()) + press.flush()
    return _checksum(data) + base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpack(text: str) -> Any:
    """Return a packed value, or raise a ValueError that says what is wrong."""
    try:
        data = base64.b64decode(text[4:] + "=" * (-len(text[4:]) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is damaged") from None
    if text[:4] != _checksum(data):
        raise ValueError("is damaged")
    inflate = zlib.decompressobj(-15)
    try:
        plain = inflate.decompress(data, MAX_UNPACKED + 1)
    except zlib.error:
        raise ValueError("is damaged") from None
    if len(plain) > MAX_UNPACKED:
        raise ValueError(f"unpacks to more than {MAX_UNPACKED // 1024} kB")
    try:
        return json.loads(plain.decode("ascii"))
    except (ValueError, RecursionError):  # also whole numbers of thousands of digits
        raise ValueError("is damaged") from None


def _checksum(data: bytes) -> str:
    return f"{zlib.crc32(data) & 0xFFFF:04x}"


def _differences(model: type[Model], values: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, str]:
    stated = _stated(model)
    texts = {name: _text(control, values[name], stated[name]) for name, control in model.controls().items()}
    return {name: text for name, text in texts.items()
            if text != _text(model.control(name), reference[name], stated[name])}


@functools.cache
def _stated(model: type[Model]) -> dict[str, frozenset[Any]]:
    """Return the values that the model itself states, for each control: defaults and those of presets."""
    sets = [model.preset_values(preset) for preset in ("", *model.presets)]
    return {name: frozenset(values[name] for values in sets) for name in model.controls()}


def _text(control: Control | Written, value: Any, stated: frozenset[Any]) -> str:
    if isinstance(control, Written):
        return control.text(value)
    if isinstance(control, Choice) or isinstance(value, int):
        return str(value)
    short = f"{value:.12g}".replace("e+", "e")
    low, high = control.bounds or (-math.inf, math.inf)
    # Twelve digits of a bound such as 2/3 may lie beyond it, and those of a stated value are another value.
    return short if low <= float(short) <= high and value not in stated else _shortest(value, short)


def _shortest(value: float, short: str) -> str:
    """Return the digits that give exactly this number back."""
    return short if float(short) == value else repr(float(value))


class _Reader:
    """Reads one link field by field and collects complaints."""

    def __init__(self, query: str, catalogue: Mapping[str, type[Model]]) -> None:
        self.catalogue = catalogue
        self.complaints: list[str] = []
        self.longest_texts: dict[str, int] = {}
        for name, control in (pair for model in catalogue.values() for pair in model.controls().items()):
            if isinstance(control, Written):
                self.longest_texts[name] = max(control.longest, self.longest_texts.get(name, 0))
        self.fields = self.split(query.removeprefix("?"))
        self.model: type[Model] | None = None

    def complain(self, name: str, sentence: str) -> None:
        text = textwrap.shorten(f"{name or 'a field without a name'}: {sentence}", MAX_COMPLAINT, placeholder="...")
        self.complaints.append(text.encode("utf-8", "backslashreplace").decode())

    def split(self, query: str) -> dict[str, str]:
        query = without_trackers(query)
        if len(query) > MAX_QUERY:
            self.complain("link", f"it is longer than {MAX_QUERY // 1024} kB; the rest was not read")
            query = query[:MAX_QUERY].rpartition("&")[0]
        parts = query.split("&")
        if len(parts) > MAX_FIELDS:
            self.complain("link", f"it has more than {MAX_FIELDS} fields; the rest was not read")
        fields: dict[str, str] = {}
        for name, value in parse_qsl("&".join(parts[:MAX_FIELDS]), keep_blank_values=True):
            shown = name if name.isascii() and name.isprintable() and len(name) <= MAX_TEXT else ascii(name[:20])
            if not (shown == name and value.isascii() and value.isprintable()):
                self.complain(shown, "only plain characters are allowed in a link")
            elif len(value) > self.longest(name):
                self.complain(name, f"the value has more than {self.longest(name)} characters")
            elif name in fields:
                self.complain(name, "it is given twice; the first one counts")
            else:
                fields[name] = value
        return fields

    def longest(self, name: str) -> int:
        if name in ("frozen", "starts", "view.beside"):
            return MAX_QUERY
        # A choice of a page may be a list too, of the plots that are open.
        return MAX_LIST if name.startswith("view.") else self.longest_texts.get(name, MAX_TEXT)

    def read(self) -> Shared:
        if self.fields.get("v", VERSION) != VERSION:
            self.complain("v", f"the link has version {self.fields['v']!r}, this program reads version {VERSION}; "
                               "what it knows is restored")
        self.find_model()
        extras: dict[str, Any] = {}
        if view := self.read_view():
            extras["view"] = view
        if self.model is None:
            return Shared(extras=extras, complaints=tuple(self.complaints))
        preset = self.read_preset(self.model)
        reference = self.model.preset_values(preset)
        given = {name: text for name, text in self.fields.items() if name.partition(".")[0] not in RESERVED}
        values = reference | self.clean(self.model, given.items())
        extras |= self.read_packed(self.model, reference)
        return Shared(self.model.slug(), preset, values, extras, tuple(self.complaints))

    def find_model(self) -> None:
        slug = self.fields.get("model", "")
        if slug in self.catalogue:
            self.model = self.catalogue[slug]
        elif slug:
            self.complain("model", unknown("model", slug, self.catalogue, "the catalogue"))
        elif lost := [name for name in self.fields if name.partition(".")[0] not in ("model", "v", "view")]:
            self.complain("model", f"the link names no model, so {', '.join(lost[:5])} cannot be read")

    def read_preset(self, model: type[Model]) -> str:
        name = self.fields.get("preset", "")
        name = model.renamed.get(name, name)
        if name and name not in model.presets:
            self.complain("preset", unknown("preset", name, model.presets, model.slug()))
            return ""
        return name

    def read_view(self) -> dict[str, str]:
        found = {}
        for name, value in self.fields.items():
            if _VIEW.fullmatch(name):
                found[name.removeprefix("view.")] = value
            elif name.partition(".")[0] == "view":
                self.complain(name, "this is no name of a view choice")
        return found

    def clean(self, model: type[Model], given: Iterable[tuple[str, Any]], where: str = "") -> dict[str, Any]:
        """Return the values that are valid, and complain about the others."""
        found = {}
        for name, value in given:
            try:
                control = model.control(name)
                if not isinstance(value, str | int | float):
                    raise ValueError(f"{name} must be a number or an option, not a {type(value).__name__}")
                if not isinstance(control, Choice | Written) and not _NUMBER.fullmatch(str(value)):
                    raise ValueError(f"{name} must be a number, not {str(value)[:MAX_TEXT]!r}")
                found[name] = control.clean(value)
            except ValueError as error:
                self.complain(where or name, str(error))
        return found

    def read_packed(self, model: type[Model], reference: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, read in (("frozen", self.read_frozen), ("starts", self.read_starts)):
            if name in self.fields:
                try:
                    found[name] = read(model, reference, unpack(self.fields[name]))
                except ValueError as error:
                    self.complain(name, f"the field {error}, so it was left out")
        return {name: value for name, value in found.items() if value}

    def read_frozen(self, model: type[Model], reference: dict[str, Any], value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError("does not hold values by name")
        if len(value) > MAX_FIELDS:
            raise ValueError(f"holds more than {MAX_FIELDS} values")
        return reference | self.clean(model, value.items(), "frozen")

    def read_starts(self, model: type[Model], _: dict[str, Any], value: Any) -> list[tuple[float, ...]]:
        if not isinstance(value, list) or len(value) > MAX_STARTS:
            raise ValueError(f"does not hold a list of at most {MAX_STARTS} states")
        names = [state.start_control for state in model.states]
        found = []
        for state in value:
            if not isinstance(state, list) or len(state) != len(names):
                self.complain("starts", f"a state needs {len(names)} numbers")
                continue
            good = self.clean(model, zip(names, state, strict=True), "starts")
            if len(good) == len(names):
                found.append(tuple(good.values()))
        return found
