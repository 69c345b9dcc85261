import os
import sys

import pytest

from vaereg.host.suppress_stderr import suppressing_stderr


def test_what_is_written_to_stderrs_descriptor_is_not_shown(capfd):
    with suppressing_stderr():
        os.write(sys.stderr.fileno(), b"a greeting\n")
    os.write(sys.stderr.fileno(), b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_an_error_shows_what_was_held_back(capfd):
    with pytest.raises(RuntimeError), suppressing_stderr():
        os.write(sys.stderr.fileno(), b"the reason\n")
        raise RuntimeError
    assert capfd.readouterr().err == "the reason\n"
