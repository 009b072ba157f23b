"""Models as JSON."""

from shop.utils.common import euros, iso


def user_json(user):
    return {"id": user.id, "email": user.email, "name": user.name, "role": user.role, "locale": user.locale}


def address_json(address):
    return {
        "id": address.id,
        "label": address.label,
        "street": address.street,
        "city": address.city,
        "postcode": address.postcode,
        "country": address.country,
    }


def category_json(category):
    return {"id": category.id, "name": category.name, "slug": category.slug, "parent_id": category.parent_id}


def product_json(product, available=None):
    data = {
        "id": product.id,
        "sku": product.sku,
        "name": product.name,
        "slug": product.slug,
        "description": product.description,
        "price": euros(product.price_cents),
        "price_cents": product.price_cents,
        "rating": product.rating_average / 10 if product.rating_count else None,
        "ratings": product.rating_count,
        "images": [image.url for image in product.images],
    }
    if available is not None:
        data["available"] = available
    return data


def cart_json(cart, totals, products):
    return {
        "id": cart.id,
        "coupon": cart.coupon.code if cart.coupon else None,
        "items": [
            {
                "product_id": item.product_id,
                "name": products[item.product_id].name,
                "quantity": item.quantity,
                "price_cents": products[item.product_id].price_cents,
            }
            for item in cart.items
        ],
        "items_cents": totals.items,
        "discount_cents": totals.discount,
        "total": euros(totals.items - totals.discount),
    }


def order_json(order, *, with_lines=True):
    data = {
        "number": order.number,
        "status": order.status,
        "placed_at": iso(order.placed_at),
        "items_cents": order.items_cents,
        "discount_cents": order.discount_cents,
        "shipping_cents": order.shipping_cents,
        "total_cents": order.total_cents,
        "total": euros(order.total_cents),
        "ship_to": order.ship_to,
    }
    if with_lines:
        data["lines"] = [
            {"sku": line.sku, "name": line.name, "quantity": line.quantity, "unit_cents": line.unit_cents}
            for line in order.lines
        ]
    return data


def payment_json(payment):
    return {
        "id": payment.id,
        "gateway": payment.gateway,
        "amount_cents": payment.amount_cents,
        "status": payment.status,
        "refunded_cents": payment.refunded_cents,
    }


def shipment_json(shipment):
    return {
        "id": shipment.id,
        "carrier": shipment.carrier,
        "tracking_code": shipment.tracking_code,
        "status": shipment.status,
        "events": [{"code": event.code, "at": iso(event.happened_at)} for event in shipment.events],
    }


def review_json(review):
    helpful = sum(1 for vote in review.votes if vote.helpful)
    return {
        "id": review.id,
        "stars": review.stars,
        "title": review.title,
        "body": review.body,
        "status": review.status,
        "helpful": helpful,
        "created_at": iso(review.created_at),
    }


def notification_json(notification):
    return {
        "id": notification.id,
        "subject": notification.subject,
        "template": notification.template_key,
        "status": notification.status,
        "created_at": iso(notification.created_at),
    }


def page_json(page, render):
    """One page of a list."""
    return {
        "items": [render(item) for item in page.items],
        "page": page.number,
        "size": page.size,
        "total": page.total,
    }
