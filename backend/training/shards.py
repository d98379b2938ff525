"""A base model that lies in shards over several GPUs (FSDP2), for models that one GPU cannot hold.

Only the frozen weights of the decoder layers are sharded: each process holds its part, and a layer is put together
while it computes. What is trained, the adapter, is whole on every process, as are the embeddings: so checkpoints,
resuming and the adapter that is saved are those of a single process.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from backend.models import load
from backend.training import ranks


def in_shards(model: Any) -> bool:
    """Whether the model lies in shards."""
    return any(isinstance(part, FSDPModule) for part in model.modules())


def shard(model: Any) -> Any:
    """The frozen model, spread over all processes. The first process brings the weights, the others may bring a model
    on the `meta` device, without any.

    Answers come from all processes together: each runs the whole model, and takes the first one's logits, so that
    rounding cannot part them.
    """
    device = torch.device(load.device())
    model.requires_grad_(False)
    weights = {name: part.detach() for name, part in model.named_parameters()} if ranks.rank() == 0 else {}
    buffers = {name: part.detach() for name, part in model.named_buffers()} if ranks.rank() == 0 else {}
    mesh = init_device_mesh(device.type, (ranks.count(),))
    model.to("meta")
    decoder = model.get_decoder()
    layers = {parameter for layer in decoder.layers for parameter in layer.parameters()}
    for layer in decoder.layers:
        fully_shard(layer, mesh=mesh)
    fully_shard(decoder, mesh=mesh, ignored_params={part for part in decoder.parameters() if part not in layers})
    model.to_empty(device=device)
    model.tie_weights()
    with torch.no_grad():
        for name, part in model.named_parameters():
            whole = _from_first(weights.pop(name, None), part, device)
            if isinstance(part, DTensor):
                whole = distribute_tensor(whole, mesh, part.placements, src_data_rank=None)
            part.copy_(whole)
        for name, part in model.named_buffers():
            part.copy_(_from_first(buffers.get(name), part, device))
        # The first pass makes the room in which layers are put together. Made while answering (inference mode), it
        # could not be written to while training.
        decoder(input_ids=torch.zeros((1, 1), dtype=torch.long, device=device), use_cache=False)
    model.register_forward_hook(_same_answer)
    return model


def _from_first(mine: torch.Tensor | None, like: torch.Tensor, device: torch.device) -> torch.Tensor:
    whole = torch.empty(like.shape, dtype=like.dtype, device=device) if mine is None else mine.to(device)
    dist.broadcast(whole, src=0)
    return whole


def _same_answer(model: Any, inputs: Any, output: Any) -> None:
    if not torch.is_grad_enabled():
        output.logits = output.logits.contiguous()
        dist.broadcast(output.logits, src=0)
