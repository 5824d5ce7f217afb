"""The plots that every network inherits, for the names of its populations and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.models.networks import _matrix_plots as matrices
from ncm_app.models.networks import _spike_plots as spikes


class Group(NamedTuple):
    """The name of a population or source in a network, and the role that chooses its hue."""

    name: str
    role: str


TIME = Variable("time", (0.0, 1000.0), unit="ms")
CELL, RATE = Variable("cell", (0.5, 1.5)), Variable("rate", (0.0, 20.0), unit="Hz")
SHARE = Variable("share of cells", (0.0, 20.0), unit="%")
NOTE = Mark("note", "labels")


def _each(groups: tuple[Group, ...], kind: str, ghost: bool = False) -> Iterator[Mark]:
    return (Mark(name, kind, role, name, ghost) for name, role in groups)


def _rasters(groups: tuple[Group, ...]) -> Iterator[Mark]:
    return (Mark(name, "raster", role) for name, role in groups)  # a legend would cover spikes


def _theory(groups: tuple[Group, ...], label: str) -> Iterator[Mark]:
    return (Mark(f"theory_{name}", role="theory", label=label * (k == 0)) for k, (name, _) in enumerate(groups))


def _companion(groups: tuple[Group, ...], label: str) -> Iterator[Mark]:
    return (Mark(f"model_{name}", "dashes", role, label * (k == 0)) for k, (name, role) in enumerate(groups) if label)


def raster_plots(populations: tuple[Group, ...], sources: tuple[Group, ...], companion: str = "") -> tuple[Plot, ...]:
    """Return rasters of sources and cells, the currents of one cell, and the rates, below which time is told."""
    return (
        Plot("inputs", "Spikes of the sources", TIME, CELL, (*_rasters(sources), NOTE), spikes.inputs,
             shape="tall", over_time=True, fits="y", on_choice=True),
        Plot("currents", "Input of one cell", TIME, Variable("input", (-20.0, 40.0), unit="mV"),
             (Mark("excitation", role="excitatory", label="excitation"),
              Mark("inhibition", role="inhibitory", label="inhibition"), Mark("total", role="now", label="total"),
              Mark("mean", role="theory", label="mean field")), matrices.currents, shape="wide", over_time=True,
             fits="y", on_choice=True),
        Plot("raster", "Spikes", TIME, CELL, (*_rasters(populations), NOTE), spikes.raster,
             shape="tall", over_time=True, fits="y"),
        Plot("rates", "Rates", TIME, RATE,
             (*_each(populations, "curve", ghost=True), *_theory(populations, "mean field"),
              *_companion(populations, companion)), spikes.rates,
             shape="wide", over_time=True, fits="y"),
    )


def cell_plots(populations: tuple[Group, ...], opens: tuple[str, ...]) -> tuple[Plot, ...]:
    """Return the histograms over cells, the spectrum and the correlations; those in `opens` are there at once."""
    made = (
        Plot("rates_of_cells", "Rates of the cells", Variable("rate of a cell", (0.0, 30.0), unit="Hz"), SHARE,
             (*_each(populations, "bars"), *_theory(populations, "Poisson cells of one rate")),
             spikes.rate_histogram, fits="xy"),
        Plot("rates_over_inputs", "Rates over own mean inputs", Variable("mean input", (0.0, 25.0), unit="mV"),
             Variable("rate of a cell", (0.0, 30.0), unit="Hz"),
             (*_each(populations, "points"), Mark("theory", role="theory", label="f-I curve")),
             spikes.rates_over_inputs, fits="xy"),
        Plot("CVs", "CVs of the cells", Variable("CV", (0.0, 1.5)), SHARE,
             (*_each(populations, "bars"), Mark("Poisson", role="theory", label="Poisson")), spikes.variations,
             fits="xy"),
        Plot("intervals", "Intervals between spikes", Variable("interval", (0.0, 100.0), unit="ms"),
             Variable("density", (0.0, 20.0), unit="Hz"),
             (*_each(populations, "bars"), *_theory(populations, "Poisson cells of one rate")), spikes.intervals,
             fits="y", tight="x"),
        Plot("spectrum", "Spectrum of the rates", Variable("frequency", (0.0, 120.0), unit="Hz"),
             Variable("power / that of Poisson cells", (0.0, 5.0)),
             (*_each(populations, "curve", ghost=True), Mark("Poisson", role="theory", label="independent")),
             spikes.spectrum, fits="y"),
        Plot("correlations", "Correlations of spike counts", Variable("coefficient of a pair", (-1.0, 1.0)),
             Variable("share of pairs", (0.0, 5.0), unit="%"),
             (*_each(populations, "bars"), Mark("chance", role="theory", label="independent"),
              Mark("means", "labels")), spikes.correlations, fits="y"),
    )
    return tuple(plot if plot.name in opens else _offered(plot) for plot in made)


def matrix_plots(opens: tuple[str, ...]) -> tuple[Plot, ...]:
    """Return the block of weights and the eigenvalues; those in `opens` are there at once."""
    index = Variable("from cell", (-0.5, 99.5)), Variable("onto cell", (-0.5, 99.5))
    made = (
        Plot("weights", "Weights", *index, (Mark("strengths", "heatmap"), NOTE), matrices.weight_block, tight="xy",
             fits="c", colours=Variable("weight", (-10.0, 10.0), unit="mV ms"), centre=0.0),
        Plot("eigenvalues", "Eigenvalues of the linearised network", Variable("real part", (-0.5, 0.1), unit="1/ms"),
             Variable("imaginary part", (-0.3, 0.3), unit="1/ms"),
             (Mark("cells", "points"), Mark("edge", role="theory", label="edge in theory"),
              Mark("outliers", "points", "now", "outliers in theory"),
              Mark("stability", role="external", label="limit of stability"), Mark("values", "labels")),
             matrices.eigenvalues, fits="xy", aspect="equal"),
    )
    return tuple(plot if plot.name in opens else _offered(plot) for plot in made)


def start_plots(populations: tuple[Group, ...], companion: str) -> tuple[Plot, ...]:
    """Return the rates at the start, hardly smoothed, where there is a companion of which they differ there."""
    start = Plot("start", "Rates at the start", Variable("time", (0.0, spikes.START), unit="ms"), RATE,
                 (*_each(populations, "curve"), *_companion(populations, companion)), spikes.start_of_rates, fits="y")
    return (_offered(start),) if companion else ()


def _offered(plot: Plot) -> Plot:
    return replace(plot, on_choice=True)


def network_plots(populations: tuple[Group, ...], sources: tuple[Group, ...], opens: tuple[str, ...] = (),
                  recurrent: bool = True, companion: str = "") -> tuple[Plot, ...]:
    """Return all plots of a network; beside raster and rates a page opens on those named in `opens`.

    A `companion` that is drawn over the rates is called so in their legend.
    """
    return (*raster_plots(populations, sources, companion), *start_plots(populations, companion),
            *cell_plots(populations, opens), *(matrix_plots(opens) if recurrent else ()))
