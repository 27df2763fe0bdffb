"""Times of many single calls, and how they are printed."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any


def timed(action: Callable[..., Any], *args: Any) -> tuple[float, Any]:
    """The milliseconds an action takes, and what it gives back."""
    started = time.perf_counter()
    result = action(*args)
    return (time.perf_counter() - started) * 1000, result


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of the calls (0.95) does not exceed."""
    return sorted(times)[math.ceil(share * len(times)) - 1]


def summary(times: Sequence[float]) -> str:
    """p50 4.1 ms, p95 5.0 ms, p99 6.2 ms"""
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    return ", ".join(f"{name} {percentile(times, share):.1f} ms" for name, share in shares)
