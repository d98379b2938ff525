"""Targets for people who have none yet: what others ask of such an application, each with its source.

chat, retrieval, completion: the service levels GuideLLM's documentation gives as examples (docs/guides/service-level
objectives): chat TTFT ≤ 200 ms and 50 ms a token; retrieval (RAG) TTFT ≤ 300 ms, 100 ms a token, 3 s in all; code
completion 2 s in all. agent: instruction following of the same list, 5 s in all. mlperf: MLPerf Inference's
"conversational" (server) limits of Llama-3.1-8B, TTFT ≤ 2000 ms and TPOT ≤ 100 ms; mlperf-interactive its interactive
ones, 500 and 30 ms (mlcommons/inference_policies). All are meant at the 99th percentile, so `share` is 0.99.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.errors import InputError
from backend.latency.targets import Targets


@dataclass(frozen=True)
class Preset:
    """Targets, and the share of requests (0–1) that has to keep them."""

    targets: Targets
    share: float = 0.99


PRESETS = {
    "chat": Preset(Targets(ttft_ms=200, tpot_ms=50)),
    "retrieval": Preset(Targets(ttft_ms=300, tpot_ms=100, e2e_ms=3000)),
    "completion": Preset(Targets(e2e_ms=2000)),
    "agent": Preset(Targets(e2e_ms=5000)),
    "mlperf": Preset(Targets(ttft_ms=2000, tpot_ms=100)),
    "mlperf-interactive": Preset(Targets(ttft_ms=500, tpot_ms=30)),
}


def preset(name: str) -> Preset:
    """Raises InputError for a name that is none of `PRESETS`."""
    if name not in PRESETS:
        do = f"Take one of: {', '.join(PRESETS)}."
        raise InputError(f"There is no preset of targets named '{name}'.", where="--preset", do=do)
    return PRESETS[name]
