"""The task queue: tasks run inside an application, at once or in a worker."""

import celery as celery_package
from flask import has_app_context

celery = celery_package.Celery("shop", task_cls="shop.tasks.celery_app:ContextTask")
celery.conf.update(
    include=[
        "shop.tasks.mail",
        "shop.tasks.orders",
        "shop.tasks.stock",
        "shop.tasks.nightly",
    ],
    timezone="UTC",
    task_ignore_result=True,
    beat_schedule={
        "outbox": {"task": "shop.tasks.mail.send_outbox", "schedule": 60.0},
        "payments": {"task": "shop.tasks.orders.capture_payments", "schedule": 900.0},
        "parcels": {"task": "shop.tasks.orders.dispatch_shipments", "schedule": 1800.0},
        "low-stock": {"task": "shop.tasks.stock.low_stock_report", "schedule": 86400.0},
        "newsletter": {"task": "shop.tasks.mail.send_newsletter", "schedule": 7 * 86400.0},
        "nightly": {"task": "shop.tasks.nightly.run", "schedule": 86400.0},
    },
)


class ContextTask(celery_package.Task):
    """A task with an application around it."""

    def __call__(self, *args, **kwargs):
        # an eager task of a request shares its context, so that it ends neither the session nor the login
        if has_app_context():
            return super().__call__(*args, **kwargs)
        with celery.flask_app.app_context():
            return super().__call__(*args, **kwargs)


def configure_celery(app):
    """Take the settings of an application over."""
    celery.flask_app = app
    celery.conf.task_always_eager = app.config["TASKS_EAGER"]
    celery.conf.task_eager_propagates = app.config["TESTING"]
    celery.conf.broker_url = app.config["BROKER_URL"]
