"""Series of NumPy functions beside numerical derivatives; what is not smooth is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.numerics.perturbation.series import Series

FUNCTIONS = {
    "exp": np.exp, "tanh": np.tanh, "log": np.log, "sqrt": np.sqrt, "cos": np.cos, "sin": np.sin, "cosh": np.cosh,
    "sinh": np.sinh, "square": np.square, "reciprocal": np.reciprocal, "cube": lambda u: u**3, "root": lambda u: u**0.7,
    "logistic": lambda u: 1.0 / (1.0 + np.exp(-2.0 * (u - 0.3))), "quotient": lambda u: (1.0 - u) / (u * u + 2.0),
    "power of": lambda u: 2.0**u, "mixed": lambda u: -u * np.exp(u) + np.array(3.0) * u - 4.0 / u}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_coefficients_are_those_of_a_fourier_transform(name):
    """Coefficients of f(u(z)) from its values on a circle of complex z, a second method."""
    function, K = FUNCTIONS[name], 7
    u = np.array([0.8, 0.3, -0.2, 0.1, 0.05, 0.0, 0.02])
    z = 0.2 * np.exp(2j * np.pi * np.arange(64) / 64)
    values = function(np.polynomial.polynomial.polyval(z, u))
    expected = (np.fft.fft(values) / 64)[:K].real / 0.2 ** np.arange(K)
    found = function(Series(np.repeat(u[:, None], 3, axis=1))).c
    np.testing.assert_allclose(found, np.repeat(expected[:, None], 3, axis=1), rtol=1e-9, atol=1e-11)


def test_two_series_are_multiplied_and_divided():
    a, b = Series(np.array([[1.0], [2.0], [0.0]])), Series(np.array([[1.0], [-1.0], [0.0]]))
    np.testing.assert_allclose((a * b).c[:, 0], (1.0, 1.0, -2.0))
    np.testing.assert_allclose((a / b).c[:, 0], (1.0, 3.0, 3.0))
    np.testing.assert_allclose((a - b).c[:, 0], (0.0, 3.0, 0.0))
    np.testing.assert_allclose((1.0 - a).c[:, 0], (0.0, -2.0, 0.0))


@pytest.mark.parametrize("function", [np.abs, np.floor, lambda u: np.maximum(u, 0.0), np.add.reduce])
def test_what_is_not_smooth_is_refused(function):
    with pytest.raises(TypeError, match="no power series"):
        function(Series(np.ones((3, 1))))


def test_order_of_a_series_is_that_of_taylor():
    u = np.zeros((5, 1))
    u[1] = 1.0
    np.testing.assert_allclose(np.exp(Series(u)).c[:, 0], [1 / math.factorial(n) for n in range(5)])
