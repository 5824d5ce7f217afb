"""Points of two classes in the plane: what each task looks like, and that a point keeps its place."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.learning.plane_tasks import BOX, PLANE_TASKS, points

every_task = pytest.mark.parametrize("task", PLANE_TASKS)


@every_task
def test_a_point_is_a_function_of_its_number_and_the_seed(task):
    x, labels = points(task, 0, 60, 0.1, 1.0, 3)
    part, labels_of_part = points(task, 20, 50, 0.1, 1.0, 3)
    np.testing.assert_array_equal(part, x[20:50])
    np.testing.assert_array_equal(labels_of_part, labels[20:50])
    assert not np.allclose(points(task, 0, 60, 0.1, 1.0, 4)[0], x)


@every_task
def test_classes_are_as_large_and_lie_in_the_box(task):
    x, labels = points(task, 0, 400, 0.0, 1.0, 1)
    assert np.bincount(labels).tolist() == [200, 200]
    assert np.abs(x).max() <= BOX
    assert np.abs(x).max() > 0.4 * BOX


@every_task
def test_noise_has_the_sd_that_is_asked_for(task):
    off = points(task, 0, 4000, 0.3, 1.0, 1)[0] - points(task, 0, 4000, 0.0, 1.0, 1)[0]
    np.testing.assert_allclose(off.std(axis=0), 0.3, rtol=0.05)
    assert abs(np.corrcoef(off.T)[0, 1]) < 0.06


@every_task
def test_no_line_parts_the_classes(task):
    x, labels = points(task, 0, 400, 0.0, 1.0, 1)
    turns = np.linspace(0.0, 2.0 * np.pi, 181)
    along = np.stack([np.cos(turns), np.sin(turns)], axis=1) @ x.T
    gap = along[:, labels == 1].min(axis=1) - along[:, labels == 0].max(axis=1)
    assert gap.max() < 0.0


def test_shapes():
    x, labels = points("XOR", 0, 40, 0.0, 1.0, 1)
    np.testing.assert_array_equal(x[:, 0] * x[:, 1] < 0.0, labels == 1)
    assert len(np.unique(x, axis=0)) == 4
    x, labels = points("circles", 0, 40, 0.0, 1.0, 1)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(labels == 0, 1.0, 2.0))
    x, labels = points("spirals", 0, 200, 0.0, 1.5, 1)
    r = np.hypot(*x.T)
    angle = 2.0 * np.pi * 1.5 * (r - 0.2) / 2.3 + np.pi * labels
    np.testing.assert_allclose(x, (r * np.array([np.cos(angle), np.sin(angle)])).T, atol=1e-12)
