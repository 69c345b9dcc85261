import pytest

from vaereg.basics.datasets.files.shortened import in_a_row, in_lines

ENTRIES = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("most", "row", "lines"),
    [
        (3, "a, b, c", "  a\n  b\n  c"),
        (2, "a, b and 1 more", "  a\n  b\n  and 1 more"),
    ],
)
def test_the_first_entries_are_named_and_the_others_counted(most, row, lines):
    assert in_a_row(ENTRIES, most) == row
    assert in_lines(ENTRIES, most) == lines
