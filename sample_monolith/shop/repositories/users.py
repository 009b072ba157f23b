"""Accounts in the database."""

from sqlalchemy import select

from shop.models.user import Address, ApiToken, PasswordReset, User
from shop.repositories.base import Repository
from shop.utils.common import days_ago, digest, now


class UserRepository(Repository[User]):
    model = User

    def by_email(self, email):
        return self.find_by(email=email.lower())

    def search(self, text, number, size):
        statement = select(User).where(User.email.ilike(f"%{text}%")).order_by(User.email)
        return self.page(statement, number, size)

    def inactive_since(self, days):
        return self.query().filter(User.last_login_at < days_ago(days), User.active.is_(True)).all()


class AddressRepository(Repository[Address]):
    model = Address

    def of_user(self, user):
        return self.list_by(user_id=user.id)

    def owned(self, user, address_id):
        return self.find_by(id=address_id, user_id=user.id)


class TokenRepository(Repository[ApiToken]):
    model = ApiToken

    def user_of(self, token):
        statement = (
            select(User)
            .join(ApiToken, ApiToken.user_id == User.id)
            .where(ApiToken.digest == digest(token), ApiToken.expires_at > now(), User.active.is_(True))
        )
        return self.session.execute(statement).scalars().first()

    def remove_expired(self):
        return self.query().filter(ApiToken.expires_at <= now()).delete()


class ResetRepository(Repository[PasswordReset]):
    model = PasswordReset

    def valid(self, token):
        found = self.find_by(digest=digest(token))
        return found if found is not None and found.used_at is None and found.expires_at > now() else None
