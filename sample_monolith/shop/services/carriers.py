"""Companies that carry parcels. The settings name them by their path."""

from werkzeug.utils import import_string

from shop.utils.common import Invalid, new_token, setting


class Carrier:
    """What every carrier can do."""

    prefix = ""
    max_grams = 30_000

    def book(self, shipment):
        """Announce a parcel; answers with the code on its label."""
        if shipment.weight_grams > self.max_grams:
            raise Invalid("weight", f"this carrier takes at most {self.max_grams} grams")
        return f"{self.prefix}{shipment.id:06d}{new_token()[:6].upper()}"

    def status_of(self, code):
        """Our word for a code of theirs."""
        return {"HANDED_OVER": "dispatched", "DELIVERED": "delivered", "LOST": "lost"}.get(code)


class PostCarrier(Carrier):
    prefix = "PO"


class ExpressCarrier(Carrier):
    """The express company has its own words, and takes no heavy parcels."""

    prefix = "EX"
    max_grams = 10_000

    def status_of(self, code):
        return {"PICKED": "dispatched", "POD": "delivered", "MISSING": "lost"}.get(code)


class PickupCarrier(Carrier):
    """Customers fetch it themselves; there is no weight that we would not hand over."""

    prefix = "PU"
    max_grams = 1_000_000


def carrier_named(name):
    """The carrier that a shipping rate names."""
    path = setting("CARRIERS").get(name)
    if path is None:
        raise Invalid("carrier", f"must be one of {', '.join(sorted(setting('CARRIERS')))}")
    return import_string(path)()
