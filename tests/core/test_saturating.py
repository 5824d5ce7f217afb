"""A helper that stands still far from zero: its text, and what compiled code answers."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from ncm_app.core.saturating import constant_outside
from ncm_app.language.source import program_text
from ncm_app.models.cells import hodgkin_huxley as hh


@constant_outside(3.0, before=-1.0, after=2.0)
def ramp(s):
    """A line that is meant to stop at its limits."""
    return 100.0 * s


@numba.njit
def compiled(s):
    return ramp(s)


@pytest.mark.compiler
@pytest.mark.parametrize(("s", "found"), [(-3.1, -1.0), (-3.0, -300.0), (0.5, 50.0), (3.0, 300.0), (3.1, 2.0)])
def test_compiled_code_answers_with_a_limit_far_from_zero_only(s, found):
    assert compiled(s) == found


def test_text_itself_is_left_alone():
    np.testing.assert_array_equal(ramp(np.array([-5.0, 5.0])), [-500.0, 500.0])
    assert np.isnan(compiled(np.nan))


@pytest.mark.parametrize("helper", [hh.bump, hh.rise])
def test_pulses_of_the_axon_lose_nothing_by_it(helper):
    quick = numba.njit(lambda s: helper(s))
    s = np.concatenate([np.linspace(-12.0, 12.0, 4001), [-1e3, -9.0, 9.0, 1e3]])
    np.testing.assert_allclose([quick(x) for x in s], helper(s), rtol=1e-12, atol=1e-17)


def test_exported_text_holds_the_helpers_and_not_their_marks():
    text = program_text(hh.HodgkinHuxley)
    assert "def bump(s)" in text and "settled" not in text
