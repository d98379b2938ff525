"""The chat model a person configured, if any: any OpenAI-compatible address, through langchain-openai."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

from backend.errors import InputError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MODEL, URL, KEY = "TUNEWISE_CHAT_MODEL", "TUNEWISE_CHAT_URL", "TUNEWISE_CHAT_KEY"


def where_it_goes() -> str:
    """A sentence that says who words the answers and what is sent there; empty without a configured model."""
    name, url = os.environ.get(MODEL, ""), os.environ.get(URL, "")
    return f"Answers are worded by {name} at {url}. What is looked at, rows included, is sent there." if name else ""


def model_from_env() -> BaseChatModel | None:
    """None unless TUNEWISE_CHAT_MODEL is set; the key is read from TUNEWISE_CHAT_KEY and goes nowhere else.

    What the tools return, rows included, is sent to that address. Raises InputError when the address or the
    package is missing.
    """
    name, url = os.environ.get(MODEL, ""), os.environ.get(URL, "")
    if not name:
        return None
    if not url.startswith(("http://", "https://")):
        raise InputError(
            "A chat model is named, but not where it answers.", where=f"{MODEL}={name}",
            do=f"Set {URL} to an OpenAI-compatible address such as http://127.0.0.1:8000/v1, or unset {MODEL}.",
        )
    if importlib.util.find_spec("langchain_openai") is None:
        raise InputError(
            "The package that talks to chat models is not installed.", where=f"{MODEL}={name}",
            do=f"Install it with: pip install 'tunewise[openai]'. Or unset {MODEL}: the advisor works without a model.",
        )
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    key = SecretStr(os.environ.get(KEY) or "none")  # servers without a key still want to see one
    model: BaseChatModel = ChatOpenAI(
        model=name, base_url=url, api_key=key, temperature=0, timeout=60, max_retries=1
    )
    return model
