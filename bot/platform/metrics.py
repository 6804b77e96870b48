"""Prometheus metrics. No person, name or text is in them."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.domain.outbox.outcomes import DeliveryStatus, Outcome

LATENESS_BUCKETS = (1, 2, 5, 15, 60, 300, 900, 3600, 86400)
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
JOB_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900)
# Slack's codes, ours, and the names of errors; anything else may be text that a person wrote.
CODE = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")
OTHER = "other"


@dataclass(frozen=True)
class OutboxLevels:
    """Messages in the database: counts by (kind, state, reason code), dead ones by kind.

    `due` is how many could leave now, `oldest` for how many seconds the longest of them has waited.
    """

    waiting: Mapping[tuple[str, str, str], int]
    dead: Mapping[str, int]
    due: int
    oldest: float


class Metrics:
    """The metrics of one process; they work without any set-up.

    `monotonic` gives seconds that only ever grow.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last_run: float | None = None
        self._registry = CollectorRegistry()
        self._messages = Counter(
            "nihito_messages",
            "What became of messages that nobody asked for.",
            ["kind", "status", "reason"],
            registry=self._registry,
        )
        self._lateness = self._histogram(
            "late", "How late messages were sent.", "kind", LATENESS_BUCKETS
        )
        self._requests = self._histogram(
            "request", "Requests, to their answer.", "kind", REQUEST_BUCKETS
        )
        self._jobs = self._histogram("job", "Runs of the clock's jobs.", "job", JOB_BUCKETS)
        self._failures = self._counter("job_failures", "Runs of jobs that failed.", "job")
        self._findings = self._counter("audit_findings", "What audits found wrong.", "finding")
        self._clean = Gauge(
            "nihito_audit_clean_timestamp_seconds",
            "When an audit last found nothing wrong.",
            registry=self._registry,
        )

    def count_outcome(self, outcome: Outcome) -> None:
        """Count what became of a message."""
        self._messages.labels(
            outcome.kind, outcome.status.value, reason_label(outcome.reason)
        ).inc()
        if outcome.status is DeliveryStatus.SENT and outcome.delay is not None:
            self._lateness.labels(outcome.kind).observe(max(0.0, outcome.delay.total_seconds()))

    def count_request(self, kind: str, seconds: float) -> None:
        """Count a request from Slack, answered after so many seconds."""
        self._requests.labels(kind).observe(seconds)

    def count_job(self, name: str, seconds: float, failed: bool) -> None:
        """Count one run of a job, which also shows that the clock runs."""
        self._last_run = self._monotonic()
        self._jobs.labels(name).observe(seconds)
        if failed:
            self._failures.labels(name).inc()

    def count_findings(self, counts: Mapping[str, int], now: datetime) -> None:
        """Count an audit's findings by kind; `now` is aware UTC."""
        for kind, count in counts.items():
            self._findings.labels(kind).inc(count)
        if not counts:
            self._clean.set(now.timestamp())

    def start_clock(self) -> None:
        """Expect jobs to run in this process from now on."""
        self._last_run = self._monotonic()

    @property
    def seconds_without_job(self) -> float:
        """Return for how many seconds no job has run; 0 if none is expected to."""
        return 0.0 if self._last_run is None else self._monotonic() - self._last_run

    def render(self, levels: OutboxLevels | None) -> bytes:
        """Render all metrics for Prometheus; `levels` is None while the database is away."""
        current = CollectorRegistry(auto_describe=False)
        current.register(_OutboxCollector(levels))
        return generate_latest(self._registry) + generate_latest(current)

    def _histogram(
        self, name: str, help_text: str, label: str, buckets: Sequence[float]
    ) -> Histogram:
        return Histogram(
            f"nihito_{name}_seconds", help_text, [label], buckets=buckets, registry=self._registry
        )

    def _counter(self, name: str, help_text: str, label: str) -> Counter:
        return Counter(f"nihito_{name}", help_text, [label], registry=self._registry)


def reason_label(reason: str) -> str:
    """Return a reason as a label, which is a code or "other"."""
    return reason if CODE.fullmatch(reason) else OTHER


class _OutboxCollector(Collector):
    def __init__(self, levels: OutboxLevels | None) -> None:
        self._levels = levels

    def collect(self) -> Iterable[GaugeMetricFamily]:
        up = GaugeMetricFamily("nihito_database_up", "Whether the database has answered.")
        up.add_metric([], float(self._levels is not None))
        yield up
        if self._levels is not None:
            yield from _gauges(self._levels)


def _gauges(levels: OutboxLevels) -> Iterable[GaugeMetricFamily]:
    labels = ["kind", "state", "reason"]
    waiting = GaugeMetricFamily("nihito_waiting", "Messages on their way.", labels=labels)
    for (kind, state, reason), count in levels.waiting.items():
        waiting.add_metric([kind, state, reason], count)
    yield waiting
    dead = GaugeMetricFamily("nihito_dead", "Dead letters.", labels=["kind"])
    for kind, count in levels.dead.items():
        dead.add_metric([kind], count)
    yield dead
    yield GaugeMetricFamily("nihito_due", "Messages that could leave now.", levels.due)
    help_text = "For how long the message has waited that waits the longest of those due."
    yield GaugeMetricFamily("nihito_oldest_waiting_seconds", help_text, levels.oldest)
