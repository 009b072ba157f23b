"""Parcels over HTTP: tracking for customers, dispatching for the warehouse."""

from flask import Blueprint, jsonify

from shop.services import payments, shipping
from shop.utils.common import to_json
from shop.utils.security import role_required
from shop.utils.serialisation import shipment_json
from shop.utils.validation import body, country, integer, text

blueprint = Blueprint("shipping", __name__, url_prefix="/shipping")


@blueprint.get("/quote/<country_code>/<int:grams>")
def quote(country_code, grams):
    return jsonify(shipping_cents=shipping.quote(country_code.upper(), grams, 0))


@blueprint.put("/rates")
@role_required("admin")
def set_rate():
    data = body()
    rate = shipping.set_rate(
        text(data, "carrier", longest=20),
        country(data),
        integer(data, "up_to_grams", least=1),
        integer(data, "price_cents", least=0),
    )
    return jsonify(id=rate.id)


@blueprint.get("/waiting")
@role_required("warehouse", "admin")
def waiting():
    return jsonify(items=[shipment_json(shipment) for shipment in shipping.shipments.list_by(status="preparing")])


@blueprint.post("/<int:shipment_id>/dispatch")
@role_required("warehouse", "admin")
def dispatch(shipment_id):
    return jsonify(shipment_json(shipping.dispatch(shipment_id)))


@blueprint.get("/track/<code>")
def track(code):
    return jsonify(shipment_json(shipping.track(code)))


@blueprint.post("/events")
def carrier_event():
    """Carriers sign like gateways do, over the fields in alphabetical order."""
    data = body()
    signature = text(data, "signature")
    signed = {key: value for key, value in data.items() if key != "signature"}
    payments.check_signature(to_json(signed).encode(), signature)
    shipment = shipping.carrier_event(
        text(data, "tracking_code", longest=60),
        text(data, "code", longest=20),
        text(data, "description", default=""),
    )
    return jsonify(shipment_json(shipment))
