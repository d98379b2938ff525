"""Telling a tracker what the run does, by transformers' own integrations. It decides nothing: when it fails, that is
said once and the run goes on."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from transformers.integrations.integration_utils import INTEGRATION_TO_CALLBACK

from backend.audit.hide import hide, hide_keys
from backend.events import Tracked
from backend.training.trackers import folder_of, how_to_see, project_of
from backend.training.watch import Report, Say


class Tracking(TrainerCallback):  # type: ignore[misc]
    """Passes the run on to transformers' callback for the tracker, with tokens/s and memory besides.

    Not by `report_to`, where an error of the tracker would end the run.
    """

    def __init__(self, tracker: str, online: bool, run_dir: Path, say: Say, report: Report) -> None:
        self.tracker, self.online, self.run_dir, self.say, self.report = tracker, online, run_dir, say, report
        self.integration: TrainerCallback | None = None
        self.failed = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        args.run_name, args.project = self.run_dir.name, project_of(self.run_dir)
        if self._told("on_train_begin", args, state, control, rest):
            self.say(Tracked(tracker=self.tracker, see=how_to_see(self.tracker, self.online, self.run_dir)))

    def on_log(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        logs, last = rest["logs"], self.report.last
        if "loss" in logs and last is not None:
            logs = {**logs, "tokens_per_s": last.tokens_per_s, "memory_gib": last.memory_gib}
        self._told("on_log", args, state, control, {**rest, "logs": logs})

    def on_train_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        self._told("on_train_end", args, state, control, rest)

    def _told(self, event: str, args: Any, state: Any, control: Any, rest: dict[str, Any]) -> bool:
        if self.failed or not state.is_world_process_zero:
            return False
        try:
            if self.integration is None:
                (folder_of(self.run_dir) / self.tracker).mkdir(parents=True, exist_ok=True)
                self.integration = INTEGRATION_TO_CALLBACK[self.tracker]()
            getattr(self.integration, event)(args, state, control, **rest)
        except Exception as error:  # trackers fail in any way they like; the run is worth more than its record there
            self.failed = True
            print(hide(hide_keys(traceback.format_exc())), file=sys.stderr)
            why = f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]}"
            self.say(Tracked(tracker=self.tracker, trouble=hide(hide_keys(why))))
            return False
        return True
