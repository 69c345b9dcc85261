"""Values given to a trained model: accepted if their meaning is clear, otherwise refused."""

import attrs
import keras
import numpy as np
import pytest

from vaereg.contracts.data import ArraySplit, DataSpec
from vaereg.errors import DataError
from vaereg.trained.checked_values import checked_examples, checked_latents

GREY = DataSpec(form="image", shape=(4, 3, 1), value_range=(0.0, 1.0), levels=256)
COLOUR = attrs.evolve(GREY, shape=(4, 3, 3), value_range=(-1.0, 1.0))
COLUMNS = DataSpec(form="vector", shape=(5,), value_range=None)


def floats(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def test_floats_of_the_datas_shape_are_not_changed():
    x = floats(2, 4, 3, 1)
    taken, single = checked_examples(x, GREY)
    assert np.array_equal(taken, x) and not single and taken.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_floats_become_float32(dtype):
    taken, _ = checked_examples(floats(2, 4, 3, 1).astype(dtype), GREY)
    assert taken.dtype == np.float32 and np.allclose(taken, floats(2, 4, 3, 1), atol=1e-3)


def test_one_example_becomes_a_batch_of_one():
    taken, single = checked_examples(floats(4, 3, 3), COLOUR)
    assert taken.shape == (1, 4, 3, 3) and single


@pytest.mark.parametrize("spec", [GREY, COLOUR])
def test_8_bit_images_are_mapped_as_a_split_maps_them(spec):
    x = np.random.default_rng(0).integers(0, 256, (6, *spec.shape), dtype=np.uint8)
    taken, _ = checked_examples(x, spec)
    split = ArraySplit(x, value_range=spec.value_range)
    assert np.array_equal(taken, split.take(np.arange(6)))


@pytest.mark.parametrize(("shape", "single"), [((4, 3), True), ((2, 4, 3), False)])
def test_grey_images_may_come_without_their_channel(shape, single):
    taken, was_single = checked_examples(floats(*shape), GREY)
    assert taken.shape[1:] == GREY.shape and was_single is single
    assert np.array_equal(taken.reshape(shape), floats(*shape))


def test_as_many_grey_images_as_rows_are_a_batch_and_not_one_example():
    spec = attrs.evolve(GREY, shape=(4, 4, 1))
    assert checked_examples(floats(4, 4, 4), spec)[0].shape == (4, 4, 4, 1)


def test_a_single_pixel_without_its_channel_is_refused_since_it_could_be_a_batch():
    with pytest.raises(DataError, match=r"got shape \(1, 1\)"):
        checked_examples(floats(1, 1), attrs.evolve(GREY, shape=(1, 1, 1)))


@pytest.mark.parametrize(
    "shape", [(3, 4), (3, 4, 1), (2, 3, 4, 1), (12,), (0, 4, 3, 1), (2, 2, 4, 3, 1), (2, 4, 3, 3)]
)
def test_another_shape_is_an_error_that_says_which_is_wanted(shape):
    with pytest.raises(DataError) as caught:
        checked_examples(floats(*shape), GREY)
    assert "(n, 4, 3, 1)" in str(caught.value) and f"got shape {shape}" in str(caught.value)


@pytest.mark.parametrize("dtype", [np.int64, np.int8, bool, object, "U1"])
def test_another_dtype_is_an_error_that_names_it(dtype):
    with pytest.raises(DataError, match=f"got dtype {np.dtype(dtype)}".replace("<", ".")):
        checked_examples(np.zeros((2, 4, 3, 1)).astype(dtype), GREY)


def test_8_bit_values_where_their_meaning_is_not_known_are_refused():
    binary = attrs.evolve(GREY, levels=2)
    for spec in (COLUMNS, binary):
        with pytest.raises(DataError, match="got uint8"):
            checked_examples(np.zeros((2, *spec.shape), np.uint8), spec)


def test_8_bit_images_are_refused_where_the_range_is_only_that_of_the_training_data():
    for known in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        spec = attrs.evolve(GREY, levels=None, value_range=known)
        assert checked_examples(np.full((4, 3), 255, np.uint8), spec)[0].max() == known[1]
    learned = attrs.evolve(GREY, levels=None, value_range=(-4.5, 3.9))
    with pytest.raises(DataError, match="got uint8"):
        checked_examples(np.zeros((4, 3), np.uint8), learned)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "got None"),
        ("picture.png", "got a str"),
        ({"x": [0.5]}, "got a dict"),
        ((each for each in floats(2, 4, 3)), "got a generator"),
        ([floats(4, 3), floats(2, 3)], "got a list whose items do not form an array"),
        (keras.KerasTensor((4, 3, 1)), "got a KerasTensor, which numpy cannot convert"),
    ],
)
def test_values_that_are_not_an_array_raise_an_error_that_names_their_type(values, message):
    for check in (
        lambda: checked_examples(values, GREY),
        lambda: checked_latents(values, (3,)),
    ):
        with pytest.raises(DataError, match=message):
            check()


def test_an_empty_batch_is_reported_as_empty():
    with pytest.raises(DataError, match=r"got shape \(0, 4, 3, 1\), which is empty"):
        checked_examples(floats(0, 4, 3, 1), GREY)
    with pytest.raises(DataError, match=r"got shape \(0, 3\), which is empty"):
        checked_latents(floats(0, 3), (3,))


def test_masked_values_are_refused_and_a_mask_that_hides_nothing_is_not():
    x = floats(2, 4, 3, 1)
    with pytest.raises(DataError, match="masked values"):
        checked_examples(np.ma.masked_greater(x, 0.5), GREY)
    assert np.array_equal(checked_examples(np.ma.masked_greater(x, 2.0), GREY)[0], x)


@pytest.mark.parametrize("layout", ["big-endian", "Fortran", "strided", "read-only", "list"])
def test_the_layout_in_memory_makes_no_difference(layout):
    x = floats(4, 4, 3, 1)
    came = {
        "big-endian": x.astype(">f4"),
        "Fortran": np.asfortranarray(x),
        "strided": np.repeat(x, 2, axis=0)[::2],
        "read-only": x.copy(),
        "list": x.tolist(),
    }[layout]
    if layout == "read-only":
        came.flags.writeable = False
    assert np.array_equal(checked_examples(came, GREY)[0], x)


def test_tensors_of_the_active_backend_are_taken_in_bfloat16_too():
    x = floats(2, 4, 3, 1)
    tensor = keras.ops.convert_to_tensor(x)
    assert np.array_equal(checked_examples(tensor, GREY)[0], x)
    assert np.allclose(checked_examples(keras.ops.cast(tensor, "bfloat16"), GREY)[0], x, atol=4e-3)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_tensors_of_pytorch_are_taken_with_their_gradient(dtype):
    torch = pytest.importorskip("torch")
    x = floats(2, 3)
    tensor = torch.tensor(x, dtype=getattr(torch, dtype), requires_grad=True)
    for came in (tensor, list(tensor)):
        assert np.allclose(checked_latents(came, (3,))[0], x, atol=4e-3)


def test_values_that_float32_cannot_hold_are_refused():
    with pytest.raises(DataError, match="too large for float32"):
        checked_examples(np.full((2, 5), 1e300), COLUMNS)
    with pytest.raises(DataError, match="too large for float32"):
        checked_latents([1e300, 0.0, 0.0], (3,))


def test_values_outside_the_range_are_an_error_that_says_range_and_values():
    with pytest.raises(DataError, match=r"from 0 to 1.*got values from 0 to 255"):
        checked_examples(np.linspace(0, 255, 24).reshape(2, 4, 3, 1), GREY)
    with pytest.raises(DataError, match=r"got values from -0\.5"):
        checked_examples(np.full((4, 3, 1), -0.5), GREY)


def test_float32_rounding_at_the_ends_of_the_range_is_allowed():
    checked_examples(np.full((4, 3, 1), np.nextafter(np.float32(1), np.float32(2))), GREY)


def test_unbounded_data_has_no_range_to_leave():
    taken, _ = checked_examples(np.full((2, 5), 1e6), COLUMNS)
    assert taken.max() == np.float32(1e6)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(value):
    x = floats(2, 5)
    x[1, 2] = value
    with pytest.raises(DataError, match="NaN or infinite"):
        checked_examples(x, COLUMNS)
    with pytest.raises(DataError, match="NaN or infinite"):
        checked_latents(x, (5,))


def test_latents_are_taken_as_a_batch_or_alone():
    assert checked_latents(floats(7, 3), (3,))[0].shape == (7, 3)
    taken, single = checked_latents(floats(2, 2, 4), (2, 2, 4))
    assert taken.shape == (1, 2, 2, 4) and single


@pytest.mark.parametrize("latents", [floats(3, 2), floats(0, 3), np.zeros((2, 3), int)])
def test_other_latents_are_refused(latents):
    with pytest.raises(DataError, match=r"\(n, 3\)"):
        checked_latents(latents, (3,))
