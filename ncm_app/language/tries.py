"""What a line to try asks for, read from its own words: "In PRESET, raise NAME from A to B: what happens."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ncm_app.core.catalogue import models
from ncm_app.core.model import Choice, Count, Model, Quantity

_NUMBER = r"[-−]?\d[\d,]*(?:\.\d+)?"
_TO = re.compile(rf"((?:(?:the )?[A-Za-z]\w*(?:\(0\))?(?:,? and |, ))*(?:the )?[A-Za-z]\w*(?:\(0\))?)"
                 rf"(?: slowly)?(?: from {_NUMBER}(?: [^\s\d:]+)?)? to ({_NUMBER})(?![\w.])")
_IS = re.compile(rf"([A-Za-z]\w*(?:\(0\))?) = ({_NUMBER})(?![\w.])")
_DO = re.compile(r"\b(?:raise|lower|set|drag|move|change|start|choose|compare|double)\b", re.IGNORECASE)
_OPTION = re.compile(r"\b(?:set|change) (?:the )?(\w+) to (?!-?\d)'?([^:,']+?)'?(?=$|,| and )")
_CHOSEN = re.compile(r"\bchoose (?:the )?'?([^:,']+?)'?(?=$|,| instead of | and )")


@dataclass(frozen=True)
class Try:
    """A line to try: the preset it begins with ("" where one is), the values it sets, what one does and then sees.

    `compare` is the slug of a model of the family to compare with, "" for none.
    """

    line: str
    preset: str
    values: dict[str, Any]
    action: str
    outcome: str
    compare: str = ""


def read_try(model: type[Model], line: str) -> Try | None:
    """Return what a line asks for; None where a machine cannot tell, and a user must do it by hand."""
    preset = max((name for name in model.presets if line.startswith(f"In {name}, ")), key=len, default="")
    rest = line.removeprefix(f"In {preset}, ") if preset else line
    action, colon, outcome = rest.partition(": ")
    if not colon:
        action, colon, outcome = re.sub(r",? and watch ", ": watch ", rest, count=1).partition(": ")
    if not colon or not _DO.search(action) or (line.startswith("In ") and not preset):
        return None
    try:
        found = list(_values(model, action))
        values = {name: model.control(name).clean(value) for name, value in found}
    except ValueError:
        return None
    compare = _compared(model, action)
    if not (values or compare) or len(values) != len(found) or _has_more(model, action, values, bool(compare)):
        return None
    return Try(line, preset, values, action, outcome, compare)


def _values(model: type[Model], action: str) -> Iterator[tuple[str, Any]]:
    """Yield the controls that an action names and the values that it gives them."""
    for names, value in _TO.findall(action):
        for name in re.split(r",? and |, ", names):
            if (control := _control(model, name)) and not isinstance(model.control(control), Choice):
                yield control, _number(value)
    for name, value in _IS.findall(action):
        if (control := _control(model, name)) and not isinstance(model.control(control), Choice):
            yield control, _number(value)
    for name, option in _OPTION.findall(action):
        if (control := _control(model, name)) and isinstance(model.control(control), Choice):
            yield control, option
    for option in _CHOSEN.findall(action):
        owners = [name for name, control in model.controls().items()
                  if isinstance(control, Choice) and option in control.objects]
        if len(owners) != 1:
            raise ValueError(f"no one control has the option {option}")
        yield owners[0], option


def _compared(model: type[Model], action: str) -> str:
    asked = re.search(r"\bcompare with the (\w+)", action)
    return next((slug for slug, other in models().items() if asked and model.family and other is not model
                 and other.family == model.family and other.acronym == asked[1]), "")


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def _control(model: type[Model], name: str) -> str:
    """Return the control that a word names, "" for none: V(0) is the start value of V."""
    name = name.removeprefix("the ").split(" ")[-1]
    starts = {f"{state.name}(0)": state.start_control for state in model.states}
    found = starts.get(name, name)
    controls = model.controls()
    if found in controls:
        return found
    if found.endswith("(0)") and f"{found[:-3]}_0" in controls:
        return f"{found[:-3]}_0"
    return ""


def _has_more(model: type[Model], action: str, values: dict[str, Any], compared: bool) -> bool:
    """Tell whether an action asks for something beside its values: another verb, or two values of one control."""
    verbs = re.findall(r"\b(?:click|freeze|drag the|press|add|open|then|towards|below|above|again|both|or|until"
                       + (r")\b" if compared else r"|compare)\b"), action.lower())
    named = {control for word in re.findall(r"[A-Za-z]\w*(?:\(0\))?", action)
             if (control := _control(model, word)) and isinstance(model.control(control), Quantity | Count)
             and len(word) > 1}
    return bool(verbs) or bool(named - set(values)) or len(re.findall(rf" to {_NUMBER}", action)) > len(values)
