"""What carries the calls between services: REST or gRPC, queues, logs of events."""

from __future__ import annotations

from collections.abc import Sequence

from decompose.linking.libraries.surroundings import BROKERS
from decompose.plan.step_detail import ApiOperation, CrossingCall
from decompose.system.model import Surroundings
from decompose.wording import counted

MANY_SITES = 12
"""From so many call sites on, a typed contract that is generated for both sides (gRPC) is worth its tooling."""


def protocol(calls: Sequence[CrossingCall]) -> str:
    """REST or gRPC for the synchronous calls of a step, with the reason."""
    waiting = [call for call in calls if call.style == "synchronous"]
    sites = sum(call.sites for call in waiting)
    if not waiting:
        return ""
    used = f"{counted(sites, 'call site')} of {counted(len(waiting), 'operation')}"
    if sites >= MANY_SITES:
        return f"gRPC, or REST with a generated client: a typed contract keeps {used} in step"
    return f"REST: {used}"


def messaging(calls: Sequence[CrossingCall], operations: Sequence[ApiOperation], around: Surroundings) -> str:
    """What carries the messages and events of a step, with the reason."""
    told = [call for call in calls if call.style == "asynchronous"]
    events = [call.definition for call in calls if call.style == "event"]
    events += [operation.name for operation in operations if operation.style == "event"]
    parts = []
    if told:
        broker = _broker(around)
        through = f"{broker}, which is already in use" if broker else "a broker such as RabbitMQ"
        sites = counted(sum(call.sites for call in told), "call site")
        parts.append(f"{sites} of {counted(len(told), 'operation')} can go through the receiver's queue: {through}")
    if events:
        what = "can subscribe to a log of events, such as Kafka's, or to an exchange of RabbitMQ"
        parts.append(f"{counted(len(set(events)), 'reaction')} to events, such as {events[0]}, {what}")
    return "; ".join(parts)


def _broker(around: Surroundings) -> str:
    """What carries messages in the application today, as far as its imports tell."""
    imported = {package for packages in around.packages.values() for package in packages}
    return next((carrier for package, carrier in BROKERS.items() if package in imported), "")
