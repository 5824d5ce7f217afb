"""Between the steps of the compiler others may be let in."""

from __future__ import annotations

import threading

from numba import njit

from ncm_app.machine_code.steps import between_steps


def compiled(number):
    return njit(lambda x: x * number + 1)(2.0)


def test_steps_are_told_in_the_thread_that_compiles_until_one_has_enough():
    seen, other = [], []
    end = between_steps(lambda: seen.append(threading.current_thread().name))
    end_other = between_steps(lambda: other.append(1))
    try:
        thread = threading.Thread(target=compiled, args=(3,), name="compiles")
        thread.start()
        thread.join()
        assert len(seen) > 20 and set(seen) == {"compiles"} and len(other) == len(seen)
        end()
        assert compiled(4) == 9.0
        assert len(other) > 1.5 * len(seen) and set(seen) == {"compiles"}
    finally:
        end_other()
    told = len(other)
    compiled(5)
    assert len(other) == told
