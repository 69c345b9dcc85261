"""Every code that a problem can have is documented, and every documented code can occur."""

from __future__ import annotations

import re
from pathlib import Path

import vaereg
from vaereg.declaration.codes import CODES


def test_the_documented_codes_are_those_in_use() -> None:
    folder = Path(vaereg.__file__).parent / "declaration"
    used = set()
    for path in folder.rglob("*.py"):
        if path.name != "codes.py":
            text = path.read_text(encoding="utf-8")
            pattern = r'(?:findings\.add|Problem|_error_in)\(\s*(?:code=)?"([a-z0-9-]+)"'
            used |= set(re.findall(pattern, text))
            used |= set(re.findall(r'"([a-z]+-component)"', text))
    # Only Keras itself finds a bad parameter, in the model stage.
    assert used == set(CODES) - {"bad-parameter"}
