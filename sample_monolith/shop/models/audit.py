"""Who did what, and settings that staff may change."""

from sqlalchemy import Column, DateTime, Integer, String, Text

from shop.db import Base
from shop.utils.common import now


class AuditEvent(Base):
    __tablename__ = "audit_events"

    id = Column(Integer, primary_key=True)
    # no foreign key: the trail outlives the account
    user_id = Column(Integer, nullable=True)
    action = Column(String(60), nullable=False)
    subject = Column(String(100), nullable=False, default="")
    detail = Column(Text, nullable=False, default="")
    created_at = Column(DateTime, nullable=False, default=now)


class Setting(Base):
    __tablename__ = "settings"

    key = Column(String(60), primary_key=True)
    value = Column(String(300), nullable=False, default="")
