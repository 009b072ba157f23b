"""Entry point of workers: ``celery -A shop.tasks.worker worker --beat``."""

from shop.app import create_app
from shop.tasks.celery_app import celery

flask_app = create_app("default")
celery.set_current()
