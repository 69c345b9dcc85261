"""The feature extractors that a model holds in its training."""

from __future__ import annotations

from vaereg.assembly.build_component import EXTRACTOR
from vaereg.assembly.parts import Parts
from vaereg.contracts.slot import held_slots
from vaereg.declaration.declaration import Declaration
from vaereg.errors import VaeregError
from vaereg.runs.held_extractors import HeldExtractor


def extractors_held_by(declaration: Declaration, parts: Parts) -> tuple[HeldExtractor, ...]:
    """The extractors that the parts of a model hold, at any depth, each once.

    That of the sampler, which is built after the training, has no digest, and neither has one
    whose weights the part has not read.
    """
    found = [
        HeldExtractor(each.slot.offer.name, _identity(each.part))
        for each in parts.held
        if each.slot.kind == EXTRACTOR
    ]
    found += [
        HeldExtractor(slot.offer.name, "")
        for _, slot in held_slots(declaration.sampler)
        if slot.kind == EXTRACTOR
    ]
    return tuple(dict.fromkeys(found))


def _identity(extractor: object) -> str:
    try:
        return str(getattr(extractor, "identity", ""))
    except VaeregError:
        return ""
