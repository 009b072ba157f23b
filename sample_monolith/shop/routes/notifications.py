"""Mail over HTTP: what somebody got, the newsletter and its templates."""

from flask import Blueprint, g, jsonify

from shop.db import session
from shop.services import mail
from shop.tasks.mail import send_newsletter
from shop.utils.security import login_required, role_required
from shop.utils.serialisation import notification_json
from shop.utils.validation import body, email, integer, text

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


@blueprint.get("")
@login_required
def mine():
    return jsonify(items=[notification_json(notification) for notification in mail.notifications.of_user(g.user)])


@blueprint.post("/newsletter")
def subscribe():
    mail.subscribe(email(body()))
    session.commit()
    mail.deliver()
    return "", 202


@blueprint.post("/newsletter/confirm")
def confirm():
    data = body()
    mail.confirm(email(data), text(data, "code"))
    return "", 204


@blueprint.post("/newsletter/leave")
def leave():
    mail.unsubscribe(email(body()))
    session.commit()
    return "", 204


@blueprint.post("/newsletter/send")
@role_required("admin")
def send():
    send_newsletter.delay(integer(body(), "days", default=30, least=1))
    return "", 202


@blueprint.put("/templates/<key>/<locale>")
@role_required("admin")
def set_template(key, locale):
    data = body()
    template = mail.set_template(key, locale, text(data, "subject"), text(data, "body", longest=5000))
    return jsonify(key=template.key, locale=template.locale)


@blueprint.post("/<int:notification_id>/retry")
@role_required("admin", "support")
def retry(notification_id):
    return jsonify(notification_json(mail.retry(notification_id)))
