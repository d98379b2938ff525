"""The learning curve of the model to be trained, as measured on growing parts of the training rows."""

from __future__ import annotations

from backend.record import Record
from rules.facts import CurveFacts


class LearningCurve(Record):
    """Measured beside step 2: `model` trained with the prompt named on `parts` parts of the rows, in `seconds`."""

    model: str
    prompt: str
    parts: int
    seconds: float
    facts: CurveFacts
