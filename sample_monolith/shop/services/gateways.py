"""Ways to pay. Each registers under the name that payments store."""

from typing import NamedTuple

from shop.utils.common import Problem, days_ago, new_token, setting

GATEWAYS = {}


class GatewayRefusal(Problem):
    """The other side said no."""

    status = 402


class Outcome(NamedTuple):
    status: str
    reference: str


def register_gateway(name):
    """Make a gateway known under a name."""

    def decorate(cls):
        GATEWAYS[name] = cls
        cls.name = name
        return cls

    return decorate


class Gateway:
    """What every way to pay can do."""

    name = ""
    needs_token = False

    def charge(self, payment, user, token):
        raise NotImplementedError

    def settle(self, payment):
        """What became of a payment that was left open."""
        return "pending"

    def refund(self, payment, user, cents):
        """Send money back; gateways that cannot do it raise."""

    def reference(self):
        return f"{self.name}-{new_token()[:12]}"


@register_gateway("card")
class CardGateway(Gateway):
    """A simulated card company: the token decides, as with the test cards of real ones."""

    needs_token = True

    def charge(self, payment, user, token):
        if token.startswith("tok_declined"):
            raise GatewayRefusal("the card was declined")
        if user.gateway_customer is None:
            # the company wants to see the same number the next time
            user.gateway_customer = f"cus-{user.id}"
        if token.startswith("tok_slow"):
            return Outcome("pending", self.reference())
        return Outcome("captured", self.reference())

    def settle(self, payment):
        return "captured"

    def refund(self, payment, user, cents):
        if payment.status != "captured":
            raise GatewayRefusal("nothing was captured")


@register_gateway("invoice")
class InvoiceGateway(Gateway):
    """Pay within two weeks; the bank tells by webhook."""

    def charge(self, payment, user, token):
        if user.vat_number is None:
            raise GatewayRefusal("invoices are for companies with a VAT number")
        return Outcome("pending", self.reference())

    def settle(self, payment):
        return "failed" if payment.created_at < days_ago(setting("STALE_ORDER_DAYS")) else "pending"


@register_gateway("credit")
class CreditGateway(Gateway):
    """What the shop owes the customer, from refunds and loyalty."""

    def charge(self, payment, user, token):
        if user.credit_cents < payment.amount_cents:
            raise GatewayRefusal("there is not enough credit")
        user.credit_cents -= payment.amount_cents
        return Outcome("captured", self.reference())

    def refund(self, payment, user, cents):
        user.credit_cents += cents
