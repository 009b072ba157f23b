"""Mail: templates, what was sent, and who wants the newsletter."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Text

from shop.db import Base
from shop.utils.common import now


class MailTemplate(Base):
    __tablename__ = "mail_templates"

    id = Column(Integer, primary_key=True)
    key = Column(String(40), nullable=False)
    locale = Column(String(10), nullable=False, default="en")
    subject = Column(String(200), nullable=False)
    body = Column(Text, nullable=False)


class Notification(Base):
    __tablename__ = "notifications"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id"), nullable=True)
    recipient = Column(String(200), nullable=False)
    template_key = Column(String(40), nullable=False)
    subject = Column(String(200), nullable=False)
    body = Column(Text, nullable=False)
    status = Column(String(20), nullable=False, default="queued")
    attempts = Column(Integer, nullable=False, default=0)
    created_at = Column(DateTime, nullable=False, default=now)
    sent_at = Column(DateTime, nullable=True)


class Subscription(Base):
    __tablename__ = "subscriptions"

    id = Column(Integer, primary_key=True)
    email = Column(String(200), nullable=False, unique=True)
    confirmed = Column(Boolean, nullable=False, default=False)
    created_at = Column(DateTime, nullable=False, default=now)
