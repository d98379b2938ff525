"""The web server of the app: our own FastAPI with the guard outside, our few routes, and Gradio mounted inside."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from advisor import audit_page
from advisor.guard import Door, Guard
from backend.domain import LatencyRecord, Report
from backend.errors import InputError, TunewiseError
from backend.steps.latency import request_log
from backend.workbench import Workbench

if TYPE_CHECKING:
    import gradio as gr

LARGEST_UPLOAD = "500mb"
SHORTEST_PASSWORD = 12
LOCAL = ("127.0.0.1", "localhost", "::1")
FIRST_PORT, LAST_PORT = 7860, 7899


def web_app(blocks: gr.Blocks, home: Path, door: Door, host: str) -> Guard:
    """Everything the browser talks to, as one ASGI app."""
    import gradio as gr

    from advisor.theme import CSS, theme

    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @api.exception_handler(TunewiseError)
    def refused(request: Request, error: TunewiseError) -> Response:
        return PlainTextResponse(str(error), status_code=404)

    @api.get("/report/{project}.{kind}")
    def report(project: str, kind: str) -> Response:
        """The written report: shown as a page, or downloaded as Markdown."""
        workbench = Workbench.open(project, home)
        written = workbench.project.get(Report)
        if written is None or kind not in {"html", "md"}:
            raise InputError("There is no report yet.", do="Write one in step 10.")
        if kind == "md":
            return FileResponse(written.markdown, media_type="text/markdown", filename=f"{workbench.project.id}.md")
        return FileResponse(written.html, media_type="text/html", headers={"cache-control": "no-store"})

    @api.get("/audit/{project}.html")
    def audit(project: str) -> Response:
        """The audit of the current data as one file to keep and pass on."""
        workbench = Workbench.open(project, home)
        text = audit_page.of_project(workbench)
        name = f"{workbench.project.id}-audit.html"
        return HTMLResponse(
            text, headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        )

    @api.get("/preferences/{project}.jsonl")
    def preferences(project: str, test_rows: bool = True) -> Response:
        """The votes of the playground as preference pairs."""
        workbench = Workbench.open(project, home)
        name = f"{workbench.project.id}-preferences.jsonl"
        return PlainTextResponse(
            workbench.playground.preferences(test_rows).text, media_type="application/jsonl",
            headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
        )

    @api.get("/latency/{project}.{kind}")
    def latency(project: str, kind: str) -> Response:
        """The newest latency test: its report as JSON, or every request as a JSON line."""
        workbench = Workbench.open(project, home)
        record, requests = workbench.project.get(LatencyRecord), request_log(workbench.project)
        name = f"{workbench.project.id}-latency.{kind}"
        if kind == "jsonl" and requests.exists():
            return FileResponse(requests, media_type="application/jsonl", filename=name)
        if kind == "json" and record is not None:
            return Response(
                json.dumps(record.report, indent=1), media_type="application/json",
                headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
            )
        raise InputError("There is no latency test yet.", do="Measure the waiting times in step 9.")

    @api.get("/manifest.json")
    def manifest() -> Response:
        """Gradio's page links to one whether or not it is an installable app."""
        return PlainTextResponse('{"name": "Tunewise", "icons": []}', media_type="application/manifest+json")

    gr.mount_gradio_app(
        api, blocks, path="/", footer_links=[], run_history=False, enable_monitoring=False, ssr_mode=False,
        show_error=False, max_file_size=LARGEST_UPLOAD, theme=theme(), css=CSS, mcp_server=False, pwa=False,
        blocked_paths=[str(home)], app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
    )
    return Guard(api, door, {*LOCAL, host, socket.gethostname()} - {"0.0.0.0"})  # noqa: S104 (never a Host to accept)


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket: on the port that was asked for, or the first free one. Raises InputError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in [port] if port is not None else [*range(FIRST_PORT, LAST_PORT + 1), 0]:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen()  # only now is the port ours: two may bind to one that nobody listens on
        except OverflowError as error:
            listener.close()
            raise InputError(f"{port} is not a port number.", where="--port", do="Give 1 to 65535.") from error
        except OSError as error:
            listener.close()
            if port is not None:
                raise InputError(
                    f"The app cannot listen on {host}, port {port}.", where="--port", why=error.strerror or str(error),
                    do="Leave --port out to get a free one, or stop the program that uses it.",
                ) from error
            reason = error
        else:
            return listener
    raise InputError(f"The app cannot listen on {host}.", where="--host", why=reason.strerror or str(reason))


def password_for(host: str, password: str) -> str:
    """The password to ask for: none on this machine. Raises InputError for a bind to others without a good one."""
    if host in LOCAL:
        return ""
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(
            f"The app will not listen on {host} without a password.", where="--host",
            why="Other machines could then see your data and act for you.",
            do=f"Set TUNEWISE_PASSWORD to {SHORTEST_PASSWORD} characters or more, and put an HTTPS proxy in front; "
            "or leave --host out and use an SSH tunnel.",
        )
    return password
