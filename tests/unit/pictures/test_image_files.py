import numpy as np
import pytest
from PIL import Image

from vaereg.errors import RunError
from vaereg.pictures.image_files import write_images


def test_images_become_files_in_order_with_their_own_size_and_channels(tmp_path):
    grey = np.linspace(-1, 1, 3)[:, None, None, None] * np.ones((3, 5, 7, 1))
    write_images(tmp_path, grey, (-1.0, 1.0))
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["0000.png", "0001.png", "0002.png"]
    opened = [Image.open(file) for file in files]
    assert {(image.size, image.mode) for image in opened} == {((7, 5), "L")}
    assert [image.getpixel((0, 0)) for image in opened] == [0, 128, 255]


def test_colours_stay_colours(tmp_path):
    red = np.array([1.0, 0.0, 0.0]) * np.ones((1, 2, 2, 1))
    write_images(tmp_path, red, (0.0, 1.0))
    assert Image.open(tmp_path / "0000.png").getpixel((1, 1)) == (255, 0, 0)


def test_a_folder_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(RunError, match="cannot write"):
        write_images(tmp_path / "nowhere", np.zeros((1, 2, 2, 1)), None)
