import pytest

from vaereg.host import environment


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    for name in (*environment.NAMES, *environment.UNWANTED):
        monkeypatch.setenv(name, "x")  # so that it is restored afterwards
        monkeypatch.delenv(name)


def test_variables_on_which_results_depend_are_found_if_they_are_set(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    monkeypatch.setenv("HOME", "/somewhere")
    assert environment.affecting_results() == {"XLA_FLAGS": "--xla_cpu_enable_fast_math=true"}


def test_variables_that_would_cut_a_training_short_are_removed_and_told(monkeypatch):
    monkeypatch.setenv("KERAS_MAX_EPOCHS", "1")
    monkeypatch.setenv("KERAS_MAX_STEPS_PER_EPOCH", "abc")
    monkeypatch.setenv("KERAS_NNX_ENABLED", "0")
    told = environment.remove_unwanted()
    assert [each.partition(" ")[0] for each in told] == [
        "KERAS_MAX_EPOCHS=1",
        "KERAS_MAX_STEPS_PER_EPOCH=abc",
    ]
    assert environment.remove_unwanted() == []
