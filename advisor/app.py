"""The app: a first page and a page for each of the ten steps. `python -m advisor.app --help` starts it alone."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from backend.errors import TunewiseError
from backend.index import default_home
from backend.workbench import Workbench

if TYPE_CHECKING:
    import gradio as gr

# Gradio reads these when it is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
SERVER_STAYS_S = 60.0
"""So long a model server outlives the app, so that the app may be started again."""
UPLOADS_CHECKED_S, UPLOADS_KEPT_S = 3600, 86400
"""How often uploads are cleared away, and how long one is kept; the project has its own copy long before."""


def build(home: Path) -> gr.Blocks:
    """All pages, not yet served."""
    import gradio as gr

    from advisor import start, steps
    from advisor.page import Page
    from rules.rule import STEPS

    blocks = gr.Blocks(title="Tunewise", analytics_enabled=False, delete_cache=(UPLOADS_CHECKED_S, UPLOADS_KEPT_S))
    with blocks:
        start.build(blocks, home)
    for name in STEPS:
        module = steps.page_of(name)
        blocks.route(name.capitalize(), name, show_in_navbar=False)
        with blocks, Page(blocks, home, name, module.LEAD, module.WHY) as page:
            module.build(page)
    return blocks


def launch(
    home: Path,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
    project: str | None = None,
) -> None:
    """Serve the app until it is interrupted; prints the link to open.

    Raises InputError when the port is taken, or when `host` is reachable by other machines and the environment's
    TUNEWISE_PASSWORD is not a good password.
    """
    from advisor.server import listen, password_for, web_app

    password = password_for(host, os.environ.get("TUNEWISE_PASSWORD", ""))
    chosen = Workbench.open(project, home).project.id if project else ""
    listener = listen(host, port)
    # Uploads stay in the person's own home, not in a folder that all users of the machine share.
    uploads = home / "uploads"
    uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)

    import uvicorn

    from advisor.failures import log_to
    from advisor.guard import Door

    log_to(home)
    keep_servers(home)
    door = Door(listener.getsockname()[1], password)
    app = web_app(build(home), home, door, host)
    query = urlencode({**({"project": chosen} if chosen else {}), **({} if password else {"token": door.token})})
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{door.port}/{'goal' if chosen else ''}" + (f"?{query}" if query else "")
    print(f"Tunewise is ready. Open this link (it lets only you in):\n  {url}\nStop it with Ctrl-C.", flush=True)
    if open_browser:
        webbrowser.open(url)
    # One worker: Gradio keeps its queue and sessions in memory.
    uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3)).run(sockets=[listener])


def keep_servers(home: Path) -> None:
    """Model servers that an earlier app left behind live on as long as this one; they would soon end otherwise."""
    from backend.serving.keepers import keep
    from backend.serving.server import find_running

    for server in filter(None, map(find_running, (home / "projects").glob("*/serving"))):
        keep(server.folder, SERVER_STAYS_S)


def main() -> int:
    """Start from the command line without the rest of `tunewise`."""
    parser = argparse.ArgumentParser(prog="python -m advisor.app", description="Start the Tunewise app.")
    parser.add_argument("--home", type=Path, default=default_home())
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--project")
    given = parser.parse_args()
    try:
        launch(given.home, given.host, given.port, not given.no_browser, given.project)
    except TunewiseError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
