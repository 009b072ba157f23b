"""The application: settings, database, blueprints, errors and who is asking."""

from flask import Flask, g, jsonify
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from shop.config import config_named
from shop.db import close_session, init_engine, session
from shop.utils.common import Problem, shop_setting
from shop.utils.security import bearer_token


def create_app(config="default"):
    """Build the application with the settings of that name."""
    app = Flask("shop")
    app.config.from_object(config_named(config))
    init_engine(app.config["DATABASE_URL"])
    # here and not at the top: these import the models, which want the utilities first
    from shop.cli import shop_cli
    from shop.tasks.celery_app import configure_celery

    configure_celery(app)
    register_blueprints(app)
    register_error_handlers(app)
    connect_signals()
    app.before_request(authenticate)
    app.before_request(check_maintenance)
    app.after_request(no_caching)
    app.teardown_appcontext(close_session)
    app.cli.add_command(shop_cli)
    app.add_url_rule("/health", view_func=health)
    return app


def register_blueprints(app):
    """All routes, each area under its own prefix."""
    from shop.routes import (
        accounts,
        admin,
        carts,
        catalogue,
        inventory,
        notifications,
        orders,
        payments,
        reviews,
        shipping,
    )

    for module in (
        accounts,
        admin,
        carts,
        catalogue,
        inventory,
        notifications,
        orders,
        payments,
        reviews,
        shipping,
    ):
        app.register_blueprint(module.blueprint)


def connect_signals():
    """Handlers with a decorator connect when their module is imported, the others here."""
    from shop.services import loyalty, reviews, shipping  # noqa: F401
    from shop.services.subscribers import connect_handlers

    connect_handlers()


def register_error_handlers(app):
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(IntegrityError, answer_integrity)


def answer_problem(error):
    session.rollback()
    data = {"error": error.message}
    if getattr(error, "field", None):
        data["field"] = error.field
    return jsonify(data), error.status


def answer_http(error):
    return jsonify(error=error.description), error.code


def answer_integrity(error):
    """Two requests wanted the same at once, and the database let only one."""
    session.rollback()
    return jsonify(error="somebody else was faster: try again"), 409


def authenticate():
    """Find out who is asking; whether that is enough is up to the view."""
    from shop.services import accounts

    g.user = accounts.user_of_token(bearer_token())


def check_maintenance():
    """Staff can close the shop for everybody else."""
    if shop_setting("maintenance", "off") == "on" and not (g.user is not None and g.user.is_staff):
        raise ServiceUnavailable("the shop is closed for maintenance")


def no_caching(response):
    """Prices and stock change; nothing in between may keep them."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def health():
    return jsonify(status="ok")
