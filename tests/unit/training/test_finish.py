import numpy as np
import pytest

import vaereg
from vaereg.errors import RunError
from vaereg.host.progress import Progress
from vaereg.runs.state_file import read_state
from vaereg.training.finish import examples_to_reconstruct, finish, write_arrays


def made_data(form="vector", shape=(2,), validation=None, **more):
    values = np.arange(80.0, dtype="float32").reshape(-1, *shape)
    spec = vaereg.DataSpec(form=form, shape=shape, size=len(values))
    held_out = None if validation is None else vaereg.ArraySplit(validation)
    return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values), validation=held_out, **more)


def test_validation_examples_are_reconstructed_if_there_are_any_and_always_the_same():
    validation = np.full((50, 2), -1.0, "float32")
    assert np.array_equal(
        examples_to_reconstruct(made_data(validation=validation)), validation[:32]
    )
    once, again = examples_to_reconstruct(made_data()), examples_to_reconstruct(made_data())
    assert once.shape == (32, 2) and np.array_equal(once, again)
    assert not np.array_equal(once, made_data().train.take(np.arange(32)))


def test_arrays_are_written_in_their_own_units(tmp_path):
    data = made_data(to_display=lambda values: values * 10)
    write_arrays(tmp_path / "a.npz", np.ones((3, 2)), np.zeros((3, 1)), data)
    with np.load(tmp_path / "a.npz") as written:
        assert written["samples"].tolist() == [[10.0, 10.0]] * 3
        assert written["latents"].shape == (3, 1)


def test_samples_that_are_not_finite_are_not_written(tmp_path):
    with pytest.raises(RunError, match="NaN or infinite values"):
        write_arrays(tmp_path / "a.npz", np.array([[np.nan]]), np.zeros((1, 1)), made_data())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_finishing_a_run_twice_writes_the_same_files(project):
    made = project()
    run = made.new_run()
    written = made.train(run).files
    assert set(written) == {"weights", "samples", "reconstructions"}
    arrays, attributes = read_state(run.weights)
    pictures = [(run.samples / f"{name}.png").read_bytes() for name in list(written)[1:]]
    assert attributes["model"] == "tiny"
    again = finish(made.vae, made.data, made.declaration, run, Progress(quiet=True))
    assert again == written
    assert all(
        np.array_equal(arrays[name], value) for name, value in read_state(run.weights)[0].items()
    )
    assert pictures == [(run.samples / f"{name}.png").read_bytes() for name in list(written)[1:]]
