"""Serve base and tuned model with vLLM on this machine, ask them, and check that they answer as the trainer did."""

from __future__ import annotations

from backend.serving.chat import Answer, Endpoint, Piece, complete, list_models, stream, tokenize
from backend.serving.parity import Parity, Reference, check_parity
from backend.serving.server import Server, find_running, start, stop
from backend.serving.sizing import Wanted
from backend.serving.vllm import find_vllm, require_vllm

__all__ = [
    "Answer",
    "Endpoint",
    "Parity",
    "Piece",
    "Reference",
    "Server",
    "Wanted",
    "check_parity",
    "complete",
    "find_running",
    "find_vllm",
    "list_models",
    "require_vllm",
    "start",
    "stop",
    "stream",
    "tokenize",
]
