"""The errors Tunewise raises on purpose; anything else that escapes is our fault and keeps its traceback.

TunewiseError
├── InputError     the person can mend it (exit code 2)
├── Blocked        a rule or a target stops the flow (exit code 3)
└── CannotTell     the measurement cannot decide (exit code 4)
"""

from __future__ import annotations

from rules.rule import Finding


class TunewiseError(Exception):
    """Base of every error with a message for a person. `exit_code` is what the command line returns."""

    exit_code = 1


class InputError(TunewiseError):
    """Something the person gave cannot be used.

    `what` happened, `where` (file, row, option), `why`, and what to `do` next: each a plain sentence or empty.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", why: str = "", do: str = "") -> None:
        self.what, self.where, self.why, self.do = what, where, why, do
        rest = [f"{label}: {text}" for label, text in (("Where", where), ("Why", why), ("What to do", do)) if text]
        super().__init__("\n".join([what, *rest]))


class Blocked(TunewiseError):
    """A step may not start. `step` is the id of the step that was refused.

    `findings` are the blocking findings; `missing` names the earlier steps that are not done or out of date.
    """

    exit_code = 3

    def __init__(self, step: str, findings: tuple[Finding, ...] = (), missing: tuple[str, ...] = ()) -> None:
        self.step, self.findings, self.missing = step, findings, missing
        lines = [f"The step '{step}' is blocked."]
        lines += [f"- not done yet, or out of date: {name}" for name in missing]
        lines += [f"- {finding.rule}: {finding.message} What to do: {finding.fix}" for finding in findings]
        super().__init__("\n".join(lines))


class CannotTell(TunewiseError):
    """The evidence is too thin for a verdict; the message says how much more is needed."""

    exit_code = 4
