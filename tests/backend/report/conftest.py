"""The fixture of the report tests."""

from __future__ import annotations

import pytest
from report_sample import full_input

from backend.report.given import ReportInput


@pytest.fixture
def full() -> ReportInput:
    """A project that went the whole way."""
    return full_input()
