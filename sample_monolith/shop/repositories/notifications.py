"""Mail in the database."""

from shop.models.notification import MailTemplate, Notification, Subscription
from shop.repositories.base import Repository

MAX_ATTEMPTS = 3


class TemplateRepository(Repository[MailTemplate]):
    model = MailTemplate

    def best(self, key, locale):
        """The template in the language of the reader, else in English."""
        return self.find_by(key=key, locale=locale) or self.find_by(key=key, locale="en")


class NotificationRepository(Repository[Notification]):
    model = Notification

    def queued(self):
        query = self.query().filter(Notification.status == "queued", Notification.attempts < MAX_ATTEMPTS)
        return query.order_by(Notification.id).all()

    def of_user(self, user):
        return self.query().filter_by(user_id=user.id).order_by(Notification.id.desc()).all()


class SubscriptionRepository(Repository[Subscription]):
    model = Subscription

    def by_email(self, email):
        return self.find_by(email=email)

    def confirmed(self):
        return self.list_by(confirmed=True)
