"""The kinds of causes of a defect, which components with remedies name."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

CauseKind: TypeAlias = Literal["decoder", "texture", "prior", "collapse", "copies"]
"""What a defect of samples is due to. A component with the tag `remedy:decoder` removes such a
defect."""


@attrs.frozen
class Cause:
    """Why samples are defective.

    Args:
        kind: what the defect is due to.
        text: the defect and its cause with numbers, as a clause.
    """

    kind: CauseKind
    text: str
