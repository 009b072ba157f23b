"""The plan for the sample as its architect would split it, against what ``BOUNDARIES.md`` expects of the crossings."""

from __future__ import annotations

import pytest

from decompose.plan.consequences import consequences
from decompose.plan.step import Plan
from decompose.plan.step_detail import ApiOperation, CrossingCall
from decompose.report.plan_text import plan_text
from tests.database.sample import by_the_architect


@pytest.fixture(name="plan", scope="module")
def _plan() -> Plan:
    drawn = by_the_architect()
    return consequences(drawn.system, drawn.split).plan


def call_of(plan: Plan, source: str, target: str, name: str) -> CrossingCall:
    """The crossing from one service to a definition of another."""
    (found,) = [
        call
        for step in plan.steps
        if step.detail
        for call in step.detail.calls_in
        if (call.source, call.target, call.definition.partition(":")[2]) == (source, target, name)
    ]
    return found


def operation_of(plan: Plan, service: str, name: str) -> ApiOperation:
    """An operation that a service offers."""
    (found,) = [
        operation
        for step in plan.steps
        if step.service == service and step.detail
        for operation in step.detail.operations
        if operation.name == name
    ]
    return found


@pytest.mark.parametrize(
    ("source", "target", "name", "style"),
    [
        ("ordering", "shipping", "quote", "synchronous"),
        ("ordering", "payments", "charge", "synchronous"),
        ("ordering", "inventory", "reserve", "synchronous"),
        ("ordering", "inventory", "give_back_stock", "asynchronous"),
        ("ordering", "shipping", "cancel_shipments", "asynchronous"),
        ("ordering", "payments", "refund_all", "asynchronous"),
        ("catalogue", "ordering", "OrderRepository.has_bought", "synchronous"),
        ("accounts", "notifications", "queue", "asynchronous"),
        ("payments", "notifications", "queue", "asynchronous"),
        ("payments", "shipping", "create_shipments", "asynchronous"),
        ("shipping", "notifications", "ask_for_review", "event"),
        ("shipping", "payments", "earn", "event"),
    ],
)
def test_crossings_have_the_style_that_the_architect_expects(
    plan: Plan, source: str, target: str, name: str, style: str
) -> None:
    call = call_of(plan, source, target, name)
    assert call.style == style
    assert call.reason
    assert bool(call.resilience) == bool(call.without_answer) == (style == "synchronous")


def test_reserving_for_each_line_needs_a_batch_form_and_looking_up_by_ids_does_not(plan: Plan) -> None:
    reserve = operation_of(plan, "inventory", "reserve")
    assert reserve.parameters == "product, quantity, reference, country"
    assert (reserve.does, reserve.in_loops) == ("command", ("shop/services/orders.py:50",))
    assert operation_of(plan, "catalogue", "ProductRepository.by_ids").in_loops == ()


def test_who_is_asking_travels_with_the_routes(plan: Plan) -> None:
    ordering = next(s.detail for s in plan.steps if s.service == "ordering")
    assert ordering is not None
    assert "g.user" in {need.name for need in ordering.identity}


def test_settings_stay_with_the_code_that_reads_them(plan: Plan) -> None:
    by_service = {s.service: {n.name for n in s.detail.settings} for s in plan.steps if s.detail}
    assert {"MAIL_SENDER", "SMTP_HOST", "MAIL_TRANSPORT"} <= by_service["notifications"]
    assert "CARRIERS" in by_service["shipping"]
    assert "PAYMENT_GATEWAY" in by_service["payments"]
    assert "SMTP_HOST" not in by_service["payments"]


def test_a_step_says_what_takes_the_place_of_the_keys_that_it_cuts() -> None:
    drawn = by_the_architect()
    told = plan_text(consequences(drawn.system, drawn.split), "shipping").split("Keys that are cut")[1].split("\n\n")[0]
    assert "shipments(order_id) of shipping: order_id stays as a plain identifier of orders in ordering" in told
    assert (
        "\n    the database refused to delete a row of orders that shipments points to: ordering asks shipping" in told
    )


def test_tests_of_the_monolith_are_given_to_the_services_that_they_cover(plan: Plan) -> None:
    shipping = next(s.detail for s in plan.steps if s.service == "shipping")
    assert shipping is not None
    assert "tests/test_shipping.py" in shipping.tests
    assert "tests/test_reviews_and_mail.py" not in shipping.tests


def test_every_call_that_crosses_is_told_with_a_line(plan: Plan) -> None:
    told = [call for step in plan.steps if step.detail for call in (*step.detail.calls_in, *step.detail.calls_out)]
    assert {call.style for call in told} >= {"synchronous", "asynchronous", "event", "local"}
    assert [str(call) for call in told if not any(place in str(call) for place in call.evidence)] == []
    reserve = call_of(plan, "ordering", "inventory", "reserve")
    assert str(reserve).count(reserve.evidence[0]) == 1


def test_what_a_service_relies_on_is_told_with_a_line(plan: Plan) -> None:
    relied = [need for step in plan.steps if step.detail for need in (*step.detail.identity, *step.detail.settings)]
    assert relied
    assert all(need.evidence[0] in str(need) for need in relied)
