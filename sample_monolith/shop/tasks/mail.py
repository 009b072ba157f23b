"""Tasks that send mail."""

from shop.services import mail
from shop.tasks.celery_app import celery


@celery.task(name="shop.tasks.mail.send_outbox")
def send_outbox():
    """Everything that waits in the outbox."""
    return mail.send_queued()


@celery.task(name="shop.tasks.mail.send_newsletter")
def send_newsletter(days=30):
    return mail.send_newsletter(days)


@celery.task(name="shop.tasks.mail.daily_report")
def daily_report():
    """The numbers of the day, for the owners."""
    from shop.services import reports

    return reports.daily_report()
