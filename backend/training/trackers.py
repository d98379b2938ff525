"""The experiment tracker of the person's choice: which there are, and where each writes: here unless asked."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from backend.errors import InputError

Tracker = Literal["none", "trackio", "wandb", "mlflow"]
PACKAGES = {"trackio": "trackio", "wandb": "wandb", "mlflow": "mlflow-skinny"}
"""What installs each. The whole mlflow holds pyarrow below what we need; its small form writes the same."""
AWAY = {
    "trackio": ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL", "TRACKIO_BUCKET_ID", "TRACKIO_DATASET_ID",
                "TRACKIO_WEBHOOK_URL"),
    "wandb": ("WANDB_MODE",),
    "mlflow": ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"),
}  # fmt: skip
"""Variables of a person's shell that send a tracker's records elsewhere."""
NEEDED = {"trackio": ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL"), "mlflow": ("MLFLOW_TRACKING_URI",)}
"""Without one of these a tracker that is to go online would not know where to."""


def refuse_missing(tracker: str, online: bool) -> None:
    """Raise InputError for a tracker that is not installed, or that is to go online and is not told where."""
    if tracker == "none":
        return
    if tracker not in PACKAGES:
        raise InputError(f"There is no tracker named {tracker!r}.", do=f"Take none, {', '.join(PACKAGES)}.")
    if find_spec(tracker) is None:
        raise InputError(
            f"The tracker {tracker} is not installed.", where=f"tracker = {tracker}",
            do=f"Install it with `pip install {PACKAGES[tracker]}`, or take tracker=none: runs are recorded anyway.",
        )  # fmt: skip
    needed = NEEDED.get(tracker, ())
    if online and needed and not any(os.environ.get(name) for name in needed):
        raise InputError(
            f"The tracker {tracker} is to go online, but not told where to.", where="tracker_online = true",
            do=f"Set {' or '.join(needed)} in the environment, or leave tracker_online out.",
        )  # fmt: skip


def folder_of(run_dir: Path) -> Path:
    """Beside the runs, so that the tracker shows all runs of a project together."""
    return run_dir.parent / "tracker"


def settle(tracker: str, online: bool, run_dir: Path) -> None:
    """Set this process's environment before the tracker is imported: where it writes, and that it stays off the net."""
    if tracker == "none":
        return
    folder = folder_of(run_dir) / tracker
    os.environ.update(_always(tracker, folder, run_dir))
    if online:
        os.environ["HF_HUB_OFFLINE"] = "0"  # trackio's place is the hub
        return
    for name in AWAY[tracker]:
        os.environ.pop(name, None)
    os.environ.update(_local(tracker, folder))


def _always(tracker: str, folder: Path, run_dir: Path) -> dict[str, str]:
    """What holds online, too: nothing but settings, curves and hardware is told; no code, no output, no weights."""
    common = {"DO_NOT_TRACK": "true"}
    if tracker == "trackio":
        # SQLite before 3.51.3 can corrupt a WAL database with two writers (sqlite.org/changes).
        return {**common, "TRACKIO_DIR": str(folder), "TRACKIO_SQLITE_JOURNAL_MODE": "delete"}
    if tracker == "mlflow":
        return {
            **common, "MLFLOW_EXPERIMENT_NAME": project_of(run_dir), "MLFLOW_DISABLE_TELEMETRY": "true",
            "HF_MLFLOW_LOG_ARTIFACTS": "FALSE", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
            "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
        }  # fmt: skip
    return {
        **common, "WANDB_DIR": str(folder), "WANDB_DATA_DIR": str(folder), "WANDB_CACHE_DIR": str(folder / "cache"),
        "WANDB_PROJECT": project_of(run_dir), "WANDB_RUN_ID": run_dir.name, "WANDB_RESUME": "allow",
        "WANDB_LOG_MODEL": "false", "WANDB_WATCH": "false", "WANDB_CONSOLE": "off", "WANDB_SILENT": "true",
        "WANDB_DISABLE_CODE": "true", "WANDB_DISABLE_GIT": "true", "WANDB_ERROR_REPORTING": "false",
    }  # fmt: skip


def _local(tracker: str, folder: Path) -> dict[str, str]:
    if tracker == "wandb":
        return {"WANDB_MODE": "offline"}
    return {"MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}"} if tracker == "mlflow" else {}


def project_of(run_dir: Path) -> str:
    """What the tracker calls the project."""
    return f"tunewise-{run_dir.parents[1].name}"


def how_to_see(tracker: str, online: bool, run_dir: Path) -> str:
    """The command that shows what was tracked."""
    folder = folder_of(run_dir) / tracker
    if online:
        return ""
    if tracker == "trackio":
        return f"TRACKIO_DIR={folder} trackio show --project {project_of(run_dir)}"
    if tracker == "mlflow":
        return f"mlflow ui --backend-store-uri sqlite:///{folder / 'mlflow.db'}"
    return f"wandb sync {folder}/wandb/offline-run-*-{run_dir.name}"
