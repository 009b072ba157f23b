"""Payment methods, refunds and what gateways tell."""

from flask import Blueprint, g, jsonify, request

from shop.services import payments
from shop.services.gateways import GATEWAYS
from shop.tasks.orders import capture_payments
from shop.utils.security import login_required, role_required
from shop.utils.serialisation import payment_json
from shop.utils.validation import body, flag, integer, text

blueprint = Blueprint("payments", __name__, url_prefix="/payments")


def method_json(method):
    return {"id": method.id, "gateway": method.gateway, "label": method.label, "default": method.is_default}


@blueprint.get("/gateways")
def gateways():
    return jsonify(items=sorted(GATEWAYS))


@blueprint.get("/methods")
@login_required
def methods():
    return jsonify(items=[method_json(method) for method in payments.methods.of_user(g.user)])


@blueprint.post("/methods")
@login_required
def add_method():
    data = body()
    method = payments.add_method(
        g.user,
        text(data, "gateway", longest=20),
        text(data, "token", longest=100),
        text(data, "label", default="", longest=60),
    )
    return jsonify(method_json(method)), 201


@blueprint.delete("/methods/<int:method_id>")
@login_required
def remove_method(method_id):
    payments.remove_method(g.user, method_id)
    return "", 204


@blueprint.post("/<int:payment_id>/refunds")
@role_required("admin", "support")
def refund(payment_id):
    data = body()
    payment = payments.refund(
        payment_id,
        integer(data, "amount_cents", least=1),
        text(data, "reason", default=""),
        to_credit=flag(data, "to_credit"),
        restock=flag(data, "restock"),
    )
    return jsonify(payment_json(payment)), 201


@blueprint.post("/capture")
@role_required("admin")
def capture():
    capture_payments.delay()
    return "", 202


@blueprint.post("/webhook")
def webhook():
    payments.check_signature(request.get_data(), request.headers.get("X-Signature", ""))
    data = body()
    payment = payments.handle_webhook(text(data, "event", longest=20), text(data, "reference", longest=80))
    return jsonify(payment_json(payment))
