import numpy as np

from vaereg.pictures.picture_cells import image_cells, vector_cells


def test_images_of_any_number_of_channels_become_coloured_cells():
    for channels in (1, 2, 3, 5):
        cells = image_cells(np.ones((2, 28, 28, channels), "float32"), (0.0, 1.0), None)
        assert cells.shape == (2, 56, 56, 3) and cells.dtype == np.uint8
        assert (cells == 255).all()


def test_values_that_are_all_equal_are_drawn_in_grey():
    assert (image_cells(np.full((1, 4, 4, 1), 7.0), None, 1) == 128).all()


def test_a_vector_becomes_bars_from_zero():
    (cell,) = vector_cells(np.array([[1.0, -1.0]]), (-1.0, 1.0), None)
    assert cell.shape == (64, 64, 3)
    bars = (cell == (40, 80, 140)).all(axis=-1)
    assert bars[:31, :30].all() and not bars[33:, :30].any()  # the first bar goes up
    assert bars[33:, 32:62].all() and not bars[:31, 32:62].any()  # the second down


def test_long_vectors_are_drawn_a_pixel_per_value():
    assert vector_cells(np.zeros((1, 100)), None, None).shape == (1, 64, 100, 3)
