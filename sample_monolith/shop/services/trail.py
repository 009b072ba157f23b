"""The audit trail, and the settings that staff may change while the shop runs."""

from shop.db import get_engine, session
from shop.models.audit import AuditEvent, Setting
from shop.repositories.base import Repository
from shop.utils.common import Invalid, audit, days_ago, setting

SETTINGS = {
    "low_stock_threshold": str.isdigit,
    "maintenance": {"on", "off"}.__contains__,
    "reviews_need_approval": {"yes", "no"}.__contains__,
    "shop_name": bool,
}


class TrailRepository(Repository[AuditEvent]):
    model = AuditEvent

    def matching(self, action="", subject=""):
        query = self.query()
        if action:
            query = query.filter(AuditEvent.action.like(f"{action}%"))
        if subject:
            query = query.filter(AuditEvent.subject == subject)
        return query.order_by(AuditEvent.id.desc()).limit(200).all()


trail = TrailRepository()


def entries(action="", subject=""):
    return [
        {
            "user_id": event.user_id,
            "action": event.action,
            "subject": event.subject,
            "detail": event.detail,
        }
        for event in trail.matching(action, subject)
    ]


def settings():
    """All settings that somebody changed."""
    return {row.key: row.value for row in session.query(Setting).order_by(Setting.key)}


def change_setting(key, value):
    check = SETTINGS.get(key)
    if check is None:
        raise Invalid("key", f"must be one of {', '.join(sorted(SETTINGS))}")
    if not check(value):
        raise Invalid("value", "does not fit this setting")
    found = session.get(Setting, key)
    if found is None:
        session.add(Setting(key=key, value=value))
    else:
        found.value = value
    audit("setting.changed", key, value=value)
    session.commit()


def purge():
    """Drop old entries, past the session: there may be millions."""
    engine = get_engine()
    mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
    limit = days_ago(setting("AUDIT_DAYS")).isoformat(" ")
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"DELETE FROM audit_events WHERE created_at < {mark}", (limit,))
        removed = cursor.rowcount
        cursor.close()
        connection.commit()
    finally:
        connection.close()
    return removed
