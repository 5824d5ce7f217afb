"""Spike times from columns with names: the names decide which holds times, and which the number of a train."""

from __future__ import annotations

import numpy as np

from ncm_app.readers.cells import Array
from ncm_app.readers.grids import Trains, counts_on, evenly_spaced, is_raster, is_whole, trains_of_rows
from ncm_app.readers.tables import SpikeTable
from ncm_app.readers.units import check_name, tells_of_no_times
from ncm_app.readers.words import Role, role_of, shown

TIMES_WANTED = "one column named as times (time, spike time, timestamp, s, ms) expected"


def read_named(grid: Array, names: list[str], unit: str) -> SpikeTable:
    """Return the spike times in a grid (rows, columns) with a name for each column; `unit` is that of a comment.

    Raises ValueError where no column, or more than one, may hold the times or the trains.
    """
    roles = [role_of(name) for name in names]
    if len(roles) == 1:
        return _single(grid[:, 0], roles[0], unit)
    if any(not np.any(np.isfinite(column)) and role.kind in ("time", "trial", "cell")
           for column, role in zip(grid.T, roles, strict=True)) and not _one_train_each(grid, roles):
        raise ValueError("numbers under each name expected, none found under "
                         f"{_listed(roles, ('time', 'trial', 'cell'))}")
    each = _one_train_each(grid, roles)
    return _a_column_each(grid, each, roles, unit) if each else _long(grid, roles, unit)


def _listed(roles: list[Role], kinds: tuple[str, ...] = ()) -> str:
    return " and ".join(shown(role.name) for role in roles if not kinds or role.kind in kinds)


def unit_of(roles: list[Role], unit: str) -> str:
    """Return the unit of times that names or, where they tell none, a comment tells."""
    for role in roles:
        check_name(role)
    units = {role.unit for role in roles if role.unit}
    if len(units) > 1 or (units and unit and unit not in units):
        raise ValueError(f"one unit of times expected, {' and '.join(sorted(units | {unit} - {''}))} found")
    return next(iter(units), unit)


def finite(times: Array) -> Array:
    """Return times; raise a ValueError where one is NaN or infinite."""
    wrong = int(np.count_nonzero(~np.isfinite(times)))
    if wrong:
        raise ValueError(f"finite times expected, {wrong} NaN or infinite found")
    return times


def ascending(times: Array) -> Array:
    """Return the times of a single train; raise a ValueError where they do not ascend: several trains may follow."""
    back = np.flatnonzero(np.diff(times) < 0)
    if len(back):
        raise ValueError(f"times in ascending order expected, {times[back[0] + 1]:g} after {times[back[0]]:g} found "
                         "(several trials need a column of times and one of trial numbers, both named)")
    return times


def _single(times: Array, role: Role, unit: str) -> SpikeTable:
    of_one_train = role.kind in ("trial", "cell") and role.number >= 0
    title = role.kind in ("unknown", "blank") and not tells_of_no_times(role.name)
    if role.kind not in ("time", "spike") and not title and not of_one_train:
        raise ValueError(f"{TIMES_WANTED}, {shown(role.name)} found")
    rising = len(times) > 2 and bool(np.all(np.diff(times) > 0))
    if role.kind == "spike" and not (role.unit or unit or rising) and is_whole(times):
        raise ValueError(f"{TIMES_WANTED}, {shown(role.name)} with whole numbers found, which may be counts")
    if is_raster(times):
        raise ValueError(f"times expected under {shown(role.name)}, only 0 and 1 found: write the times "
                         "at which it is 1")
    if np.any(np.isinf(times)):  # which word it was is told by the caller
        return SpikeTable(times, used=(0,))
    return SpikeTable(ascending(finite(times)), unit=unit_of([role], unit), how=f"times from column {shown(role.name)}")


def _one_train_each(grid: Array, roles: list[Role]) -> list[int]:
    """Return the columns of which each holds the times of one numbered train; none unless all do."""
    rest = [k for k, role in enumerate(roles) if not (role.kind in ("blank", "index") and role.number < 0
                                                      and counts_on(grid[:, k]))]
    kinds = {roles[k].kind for k in rest}
    numbers = {roles[k].number for k in rest}
    fits = len(rest) > 1 and -1 not in numbers and len(numbers) == len(rest) and len(kinds) == 1
    return rest if fits and kinds <= {"time", "spike", "trial", "cell"} else []


def _a_column_each(grid: Array, each: list[int], roles: list[Role], unit: str) -> SpikeTable:
    order = sorted(each, key=lambda k: roles[k].number)
    chosen = grid[:, order]
    if is_raster(chosen[~np.isnan(chosen)]):
        raise ValueError("times expected in each column, only 0 and 1 found: write the times at which they are 1")
    found = trains_of_rows(np.where(np.isinf(chosen), np.nan, chosen).T)
    if not isinstance(found, Trains):
        raise ValueError(f"the times of one train in each column expected, columns found in which {found}")
    named = [roles[k] for k in order]
    notes = (f"each of {found.total} columns is read as a train", *found.notes)
    return SpikeTable(found.times, found.trains.astype(float), "trial", found.total, 0, unit_of(named, unit),
                      f"times from columns {shown(named[0].name)} to {shown(named[-1].name)}", notes, tuple(order))


def _long(grid: Array, roles: list[Role], unit: str) -> SpikeTable:
    """Return the times of one column and the trains that another tells."""
    time = _time_column(grid, roles, unit)
    train, note = _train_column(grid, roles, time)
    times = grid[:, time]
    used = (time,) if train is None else (time, train)
    if np.any(np.isinf(grid[:, list(used)])):
        return SpikeTable(times, used=used)
    if np.any(np.isnan(grid[:, list(used)])):
        raise ValueError(f"a number in each row under {_listed([roles[k] for k in used])} expected, "
                         f"{np.count_nonzero(np.isnan(grid[:, list(used)]))} missing found")
    ignored = [role for k, role in enumerate(roles)
               if k not in used and role.name and not np.all(np.isnan(grid[:, k]))]
    how = f"times from column {shown(roles[time].name)}"
    if train is not None:
        how += f", trains from column {shown(roles[train].name)}"
    elif evenly_spaced(times):
        raise ValueError(f"times of spikes expected under {shown(roles[time].name)}, equal steps found, as of samples")
    notes = [note] if note else []
    if ignored:
        notes.append(f"{_listed(ignored)} {'is' if len(ignored) == 1 else 'are'} not read")
    told = unit_of([roles[time]], unit)
    if train is None:
        return SpikeTable(ascending(times), unit=told, how=how, notes=tuple(notes), used=used)
    kind = "trial" if roles[train].kind == "trial" else "cell"
    return SpikeTable(times, grid[:, train], kind, 0, roles[train].first, told, how, tuple(notes), used)


def _time_column(grid: Array, roles: list[Role], unit: str) -> int:
    times = [k for k, role in enumerate(roles) if role.kind == "time"]
    if len(times) > 1:
        raise ValueError(f"{TIMES_WANTED}, {_listed([roles[k] for k in times])} found")
    if times:
        return times[0]
    spikes = [k for k, role in enumerate(roles) if role.kind == "spike"]
    if len(spikes) != 1:
        raise ValueError(f"{TIMES_WANTED}, {_listed(roles)} found")
    values = grid[:, spikes[0]]
    if not roles[spikes[0]].unit and not unit and is_whole(values[np.isfinite(values)]):
        raise ValueError(f"{TIMES_WANTED}, {shown(roles[spikes[0]].name)} with whole numbers found, which may be "
                         "counts")
    return spikes[0]


def _train_column(grid: Array, roles: list[Role], time: int) -> tuple[int | None, str]:
    """Return the column that numbers the trains, None where all spikes are of one, and a note."""
    rest = [k for k in range(len(roles)) if k != time]
    trains = [k for k in rest if roles[k].kind in ("trial", "cell")]
    varying = [k for k in trains if _varies(grid[:, k])]
    if len(varying) > 1:
        raise ValueError(f"one column of trial or cell numbers expected, {_listed([roles[k] for k in varying])} found: "
                         "keep one cell, or one trial")
    train = next(iter(varying or trains), None)
    if train is not None and roles[train].number >= 0:
        raise ValueError(f"a column of trial numbers, or a column of times for each trial, expected, "
                         f"{shown(roles[train].name)} beside {shown(roles[time].name)} found")
    if train is None:
        train = next((k for k in rest if roles[k].kind == "id" and not counts_on(grid[:, k])), None)
    for k in rest:
        if k != train:
            _check_ignored(grid, roles, k, time, train)
    several = [roles[k] for k in trains if k != train]
    return train, f"all spikes have one value of {_listed(several)}" if several else ""


def _varies(values: Array) -> bool:
    there = values[~np.isnan(values)]
    return len(there) > 0 and not bool(np.all(np.isfinite(values) & (values == there[0])))


def _check_ignored(grid: Array, roles: list[Role], k: int, time: int, train: int | None) -> None:
    """Raise a ValueError where a column that is not read might change which spikes belong together."""
    role, values = roles[k], grid[:, k]
    name, kind = shown(role.name), role.kind
    if kind == "trace" or (kind == "samples" and train is None):
        raise ValueError(f"times of spikes expected, {name} beside {shown(roles[time].name)} found, as of samples")
    if kind in ("other", "samples", "trial", "cell") or not _varies(values):
        return
    if counts_on(values) and (kind in ("index", "spike") or (kind == "blank" and k == 0)
                              or (kind == "id" and train is not None)):
        return
    if kind == "index" and train is not None:
        return
    if kind == "spike" and is_raster(values):
        raise ValueError(f"times of spikes expected, only 0 and 1 found under {name}: write the times at which it is 1")
    if kind == "group" and train is not None and _told_by(values, grid[:, train]):
        return
    if kind == "unknown" and not is_whole(values[np.isfinite(values)]):
        return
    named = name if role.name else "a column without a name"
    raise ValueError(f"a column of times and one of trial numbers expected, {named} found, which may part spikes too: "
                     "name it trial, or leave it out")


def _told_by(values: Array, trains: Array) -> bool:
    """Tell whether spikes of one train share one value."""
    order = np.argsort(trains, kind="stable")
    return bool(np.all((np.diff(values[order]) == 0) | (np.diff(trains[order]) != 0)))
