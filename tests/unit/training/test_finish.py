import numpy as np
import pytest

import vaereg
from vaereg.errors import RunError
from vaereg.host.progress import Progress
from vaereg.runs.state_file import read_state
from vaereg.training.finish import examples_to_reconstruct, finish, write_arrays, write_rows


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


def test_the_names_of_columns_are_written_with_the_arrays(tmp_path):
    class Columns:
        columns = ("age", "city=Bern")

        def __call__(self, values):
            return values

    write_arrays(
        tmp_path / "a.npz", np.ones((3, 2)), np.zeros((3, 1)), made_data(to_display=Columns())
    )
    with np.load(tmp_path / "a.npz") as written:
        assert written["columns"].tolist() == ["age", "city=Bern"]


def test_samples_of_a_table_are_written_in_its_columns_and_units(tmp_path):
    def to_rows(values):
        return ("age", "city"), [[f"{age:.1f}", "Bern, CH"] for age, _ in values]

    write_rows(tmp_path / "a.csv", np.full((2, 2), 3.0), made_data(to_rows=to_rows))
    assert (tmp_path / "a.csv").read_text() == 'age,city\n3.0,"Bern, CH"\n3.0,"Bern, CH"\n'
    write_rows(tmp_path / "b.csv", np.full((1, 2), 0.5), made_data())
    assert (tmp_path / "b.csv").read_text() == "1,2\n0.5,0.5\n"
    with pytest.raises(RunError, match="NaN or infinite values"):
        write_rows(tmp_path / "c.csv", np.array([[np.nan, 0.0]]), made_data())


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
