"""The processes of one run (ranks): which one this is, and what all of them must agree on.

Each is told by RANK, WORLD_SIZE and LOCAL_RANK, as torchrun sets them. With one process everything here does nothing.
Whatever is agreed must be asked for by every process, in the same order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from backend.errors import InputError

T = TypeVar("T")
BUCKET = 2**26
"""Numbers averaged in one go: an adapter fits into one, and what is copied for it stays small beside a model."""


class OutOfMemoryTogether(MemoryError):
    """Memory ran out in at least one process, and all of them know: they can go on smaller, together."""


def rank() -> int:
    """This process's number, from 0; the first one does the talking and the writing."""
    return int(os.environ.get("RANK", "0"))


def count() -> int:
    """How many processes there are."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def join(planned: int) -> None:
    """Meet the other processes. Raises InputError when there are not as many as planned.

    Some launchers start one process whatever they are told; each would then train on all rows as if it were alone.
    """
    if count() != planned:
        raise InputError(
            f"The run is planned for {planned} processes, and was started with {count()}.",
            why="It would learn with other batches than those that were planned.",
            do=f"Start it with `tunewise train`, or `torchrun --nproc_per_node={planned} -m backend.training.worker "
            "RUN_DIR`; or plan again with another number of processes.",
        )
    if count() == 1:
        return
    from accelerate import PartialState

    on_gpu = torch.cuda.is_available()
    # What processes tell each other lies in the machine's memory and goes by gloo: no GPU need wait for it.
    dist.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo")
    PartialState(cpu=not on_gpu)  # finds the group, takes this process's GPU, and is what the trainer will find


def wait() -> None:
    """Until all processes are here."""
    least(0.0)


def least(number: float) -> float:
    """The smallest of all processes' numbers."""
    return _reduced(number, dist.ReduceOp.MIN)


def any_of(yes: bool) -> bool:
    """Whether it is so for any process."""
    return _reduced(float(yes), dist.ReduceOp.MAX) > 0


def summed(*numbers: float) -> list[float]:
    """The sums over all processes."""
    if count() == 1:
        return list(numbers)
    both = torch.tensor(numbers, dtype=torch.float64)
    dist.all_reduce(both)
    return [float(each) for each in both]


def from_first(make: Callable[[], T]) -> T:
    """What the first process makes, for all; what it raises, all raise."""
    if count() == 1:
        return make()
    told: list[Any] = [None, None]
    if rank() == 0:
        try:
            told[0] = make()
        except Exception as error:
            told[1] = error
    dist.broadcast_object_list(told, src=0)
    if told[1] is not None:
        raise told[1]
    made: T = told[0]
    return made


def shared_out(items: Sequence[Any], act: Callable[[Sequence[Any]], Sequence[T]]) -> list[T]:
    """`act` on all items, each process on a part of them; every process gets all results, in the order of the items."""
    if count() == 1:
        return list(act(items))
    parts: list[Any] = [None] * count()
    dist.all_gather_object(parts, list(act(items[rank() :: count()])))
    return [parts[place % count()][place // count()] for place in range(len(items))]


def average(gradients: Iterable[Tensor]) -> None:
    """Replace each gradient by its mean over all processes."""
    if count() == 1:
        return
    bucket: list[Tensor] = []
    for gradient in gradients:
        bucket.append(gradient)
        if sum(part.numel() for part in bucket) >= BUCKET:
            _average(bucket)
            bucket = []
    if bucket:
        _average(bucket)


def _average(bucket: Sequence[Tensor]) -> None:
    flat = torch.cat([part.flatten() for part in bucket])
    dist.all_reduce(flat)
    flat /= count()
    for part, mean in zip(bucket, torch.split(flat, [part.numel() for part in bucket]), strict=True):
        part.copy_(mean.view_as(part))


def _reduced(number: float, how: Any) -> float:
    if count() == 1:
        return number
    one = torch.tensor([number], dtype=torch.float64)
    dist.all_reduce(one, how)
    return float(one)
