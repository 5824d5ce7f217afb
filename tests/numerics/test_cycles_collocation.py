"""Piecewise polynomials around a cycle, and the linear algebra along them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.cycles.collocation import COARSEST, DEGREE, FINEST, GAUSS, WEIGHTS, Mesh
from ncm_app.numerics.cycles.periodic_blocks import Chain, condense, halve, multipliers_of, solve_chain
from ncm_app.numerics.results import Array

UNEVEN = Mesh(np.array([0.0, 0.05, 0.2, 0.3, 0.62, 0.8, 1.0]))


def wave(mesh: Mesh) -> Array:
    angle = 2.0 * np.pi * mesh.phases
    return np.stack([np.sin(angle), np.cos(angle), np.full_like(angle, 3.0)], axis=1)


def gauss_phases(mesh: Mesh) -> Array:
    return np.asarray((mesh.edges[:-1, None] + np.outer(mesh.widths, GAUSS)).ravel())


def test_gauss_points_integrate_degree_seven_exactly() -> None:
    for power in range(8):
        assert WEIGHTS @ GAUSS**power == pytest.approx(1.0 / (power + 1), abs=1e-15)


def test_blocks_share_their_edges_and_close() -> None:
    nodes = wave(UNEVEN)
    blocks = UNEVEN.blocks(nodes)
    assert blocks.shape == (6, DEGREE + 1, 3)
    assert np.array_equal(blocks[1:, 0], blocks[:-1, -1])
    assert np.array_equal(blocks[0, 0], blocks[-1, -1])


@pytest.mark.parametrize("power", range(5))
def test_values_and_slopes_are_exact_for_polynomials(power: int) -> None:
    # The last interval closes the cycle, so it is left out: powers are not periodic.
    nodes = (UNEVEN.phases**power)[:, None]
    s = gauss_phases(UNEVEN).reshape(-1, DEGREE)[:-1]
    assert UNEVEN.values(nodes)[:-1, :, 0] == pytest.approx(s**power, abs=1e-13)
    slope = power * s ** max(power - 1, 0)
    assert UNEVEN.slopes(nodes)[:-1, :, 0] == pytest.approx(slope, abs=1e-11)


def test_interpolation_meets_nodes_edges_and_waves() -> None:
    mesh = Mesh.uniform(40)
    nodes = wave(mesh)
    assert mesh.at(nodes, mesh.phases) == pytest.approx(nodes, abs=1e-13)
    assert mesh.at(nodes, np.array([1.0]))[0] == pytest.approx(nodes[0], abs=1e-13)
    phases = np.linspace(0.0, 1.0, 333)
    assert mesh.at(nodes, phases)[:, 0] == pytest.approx(np.sin(2.0 * np.pi * phases), abs=1e-8)


def test_integrals_and_functionals_agree() -> None:
    mesh = Mesh.uniform(30)
    nodes, other = wave(mesh), wave(mesh)[:, ::-1]
    product = mesh.integrate(np.sum(mesh.values(nodes) * mesh.values(other), axis=2))
    assert np.sum(mesh.functional(mesh.values(other)) * mesh.blocks(nodes)) == pytest.approx(float(product), rel=1e-12)
    squares = mesh.integrate(mesh.values(nodes) ** 2)
    assert squares == pytest.approx([0.5, 0.5, 9.0], abs=1e-9)


def test_a_plain_wave_wants_equal_intervals() -> None:
    mesh = Mesh.uniform(COARSEST)
    widths = mesh.refitted(wave(mesh)).widths
    assert np.ptp(widths) < 0.03 * widths.mean() and len(widths) == COARSEST


@pytest.mark.parametrize("width", [0.02, 0.005, 0.001])
def test_a_mesh_gathers_where_a_front_is(width: float) -> None:
    def front(mesh: Mesh) -> Array:
        gap = np.abs(mesh.phases - 0.37)
        return np.asarray(1.0 / (1.0 + (np.minimum(gap, 1.0 - gap) / width) ** 2))[:, None]

    mesh = Mesh.uniform(FINEST)
    for _ in range(6):
        mesh = mesh.refitted(front(mesh))
    assert COARSEST <= mesh.count <= FINEST
    assert np.all(mesh.widths > 0.0) and mesh.edges[0] == 0.0 and mesh.edges[-1] == 1.0
    narrowest = mesh.edges[int(np.argmin(mesh.widths))]
    assert abs(narrowest - 0.37) < 3.0 * width
    assert mesh.widths.max() < 0.5
    phases = np.linspace(0.0, 1.0, 4001)
    gap = np.abs(phases - 0.37)
    wanted = 1.0 / (1.0 + (np.minimum(gap, 1.0 - gap) / width) ** 2)
    assert np.max(np.abs(mesh.at(front(mesh), phases)[:, 0] - wanted)) < 1e-4


def random_chain(rng: np.random.Generator, k: int, n: int, growth: float = 1.0) -> Chain:
    right = np.broadcast_to(np.eye(n), (k, n, n)).copy()
    return Chain(growth * rng.normal(size=(k, n, n)), right, rng.normal(size=(k, n, 3)), rng.normal(size=(2, k, n)),
                 rng.normal(size=(2, 3)))


def solve_whole(chain: Chain) -> tuple[Array, Array]:
    k, n = chain.left.shape[:2]
    matrix, sides = np.zeros((k * n + 2, k * n + 2)), np.zeros((k * n + 2, 2))
    for j in range(k):
        rows, after = slice(j * n, (j + 1) * n), (j + 1) % k
        matrix[rows, j * n:(j + 1) * n] += chain.left[j]
        matrix[rows, after * n:(after + 1) * n] += chain.right[j]
        matrix[rows, -2:], sides[rows, 0] = chain.rest[j, :, :2], -chain.rest[j, :, 2]
        matrix[-2:, j * n:(j + 1) * n] = chain.row[:, j]
    matrix[-2:, -2:], sides[-2:, 0], sides[-1, 1] = chain.row_rest[:, :2], -chain.row_rest[:, 2], 1.0
    found = np.linalg.solve(matrix, sides)
    return found[:-2].reshape(k, n, 2), found[-2:]


@given(k=st.integers(1, 45), n=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_halving_solves_what_a_dense_solver_solves(k: int, n: int, seed: int) -> None:
    chain = random_chain(np.random.default_rng(seed), k, n, 0.7)
    edges, w, _ = solve_chain(chain)
    wanted, border = solve_whole(chain)
    assert edges == pytest.approx(wanted, rel=1e-6, abs=1e-7 * np.max(np.abs(wanted)))
    assert w[:2] == pytest.approx(border, rel=1e-6, abs=1e-7 * np.max(np.abs(border)) + 1e-9)
    assert np.array_equal(w[2], [1.0, 0.0])


@given(k=st.integers(1, 20), n=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_multipliers_are_those_of_the_product(k: int, n: int, seed: int) -> None:
    chain = random_chain(np.random.default_rng(seed), k, n, 0.6)
    product = np.eye(n)
    for left in chain.left:
        product = -left @ product
    wanted = np.linalg.eigvals(product)
    found = multipliers_of(chain)
    assert np.all(np.diff(np.abs(found)) <= 1e-12)
    scale = np.max(np.abs(wanted))
    for value in found:
        assert np.min(np.abs(wanted - value)) < 1e-5 * scale + 1e-12


def test_multipliers_survive_growth_that_no_product_does() -> None:
    k = 120
    left = -np.broadcast_to(np.diag([1e5, 1.0, 1e-5]), (k, 3, 3)).copy()
    chain = Chain(left, np.broadcast_to(np.eye(3), (k, 3, 3)).copy(), np.zeros((k, 3, 3)), np.zeros((2, k, 3)),
                  np.zeros((2, 3)))
    found = multipliers_of(chain)
    assert abs(found[0]) > 1e200 and np.all(np.isfinite(found))
    assert found[1] == pytest.approx(1.0, rel=1e-12)
    assert abs(found[2]) < 1e-200


def test_halving_keeps_an_odd_interval() -> None:
    chain = random_chain(np.random.default_rng(0), 7, 2)
    halved = halve(chain)
    assert len(halved.chain.left) == 4 and len(halved.middle) == 3
    assert np.array_equal(halved.chain.left[-1], chain.left[-1])


def test_condensing_keeps_the_solution() -> None:
    rng = np.random.default_rng(3)
    k, n = 5, 2
    matrices, columns = rng.normal(size=(k, 4 * n, 5 * n)), rng.normal(size=(k, 4 * n, 3))
    row, row_rest = rng.normal(size=(2, k, 5 * n)), rng.normal(size=(2, 3))
    chain, inside = condense(matrices, columns, row, row_rest)
    edges, w, _ = solve_chain(chain)
    inner = inside @ np.concatenate([edges, np.broadcast_to(w, (k, 3, 2))], axis=1)
    nodes = np.concatenate([edges, inner], axis=1)
    assert nodes[:, -n:] == pytest.approx(np.roll(edges, -1, axis=0), abs=1e-8)
    assert matrices @ nodes + columns @ w == pytest.approx(0.0, abs=1e-8)
    border = np.einsum("bjx,jxc->bc", row, nodes) + row_rest @ w
    assert border == pytest.approx(np.array([[0.0, 0.0], [0.0, 1.0]]), abs=1e-8)


def test_a_singular_chain_gives_nan_and_no_exception() -> None:
    chain = Chain(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), np.zeros((1, 2, 3)), np.zeros((2, 1, 2)), np.zeros((2, 3)))
    assert np.all(np.isnan(solve_chain(chain)[0]))
