import attrs
import pytest

from vaereg.errors import DataError, RunError
from vaereg.host.devices import choose_backend
from vaereg.host.progress import Progress
from vaereg.runs.read import read_run
from vaereg.runs.status import read_status
from vaereg.training import launch
from vaereg.training.launch import check_tensorboard, resume, start

QUIET = Progress(quiet=True)


def started(made, root):
    import keras

    choice = choose_backend(keras.backend.backend())
    return choice, start(made.declaration, (), root, choice, QUIET)


@pytest.mark.slow
def test_a_started_run_can_be_resumed_with_more_epochs(project, tmp_path):
    made = project()
    choice, outcome = started(made, tmp_path / "runs")
    assert (outcome.epochs, read_status(outcome.run).state) == (3, "finished")
    run = read_run(outcome.run.path)
    longer = attrs.evolve(made.declaration, train=attrs.evolve(made.declaration.train, epochs=4))
    again = resume(run, longer, (), choice, QUIET)
    assert (again.run, again.epochs) == (outcome.run, 4)
    assert "epochs = 4" in outcome.run.declaration.read_text()


def test_nothing_is_written_if_a_check_fails(project, tmp_path, monkeypatch):
    def fail(*given):
        raise DataError("broken")

    monkeypatch.setattr(launch, "check_before_training", fail)
    with pytest.raises(DataError, match="broken"):
        started(project(), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_tensorboard_that_is_not_installed_is_an_error_with_what_to_do(project, monkeypatch):
    made = project("", "train.tensorboard=true")
    monkeypatch.setattr(launch, "find_spec", lambda name: None)
    with pytest.raises(RunError, match="pip install tensorflow tensorboard"):
        check_tensorboard(made.declaration)
    check_tensorboard(project().declaration)
