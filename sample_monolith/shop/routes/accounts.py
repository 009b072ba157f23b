"""Accounts over HTTP."""

from flask import Blueprint, g, jsonify
from flask.views import MethodView

from shop.repositories.users import AddressRepository
from shop.services import accounts, loyalty, privacy
from shop.utils.security import bearer_token, login_required
from shop.utils.serialisation import address_json, user_json
from shop.utils.validation import body, country, email, flag, text

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")


@blueprint.post("/register")
def register():
    data = body()
    user = accounts.register(
        email(data),
        text(data, "password"),
        name=text(data, "name", default="", longest=120),
        locale=text(data, "locale", default="en", longest=10),
        newsletter=flag(data, "newsletter"),
    )
    return jsonify(user_json(user)), 201


@blueprint.post("/login")
def login():
    data = body()
    user, token = accounts.login(email(data), text(data, "password"))
    return jsonify(token=token, user=user_json(user))


@blueprint.post("/logout")
@login_required
def logout():
    accounts.logout(g.user, bearer_token())
    return "", 204


@blueprint.post("/password/forgotten")
def forgotten():
    # the same answer for every address: nobody learns here who is a customer
    accounts.request_reset(email(body()))
    return "", 202


@blueprint.post("/password/reset")
def reset():
    data = body()
    accounts.reset_password(text(data, "token"), text(data, "password"))
    return "", 204


@blueprint.post("/password/change")
@login_required
def change():
    data = body()
    accounts.change_password(g.user, text(data, "old"), text(data, "new"))
    return "", 204


@blueprint.get("/me")
@login_required
def me():
    return jsonify({**user_json(g.user), **loyalty.statement(g.user), "newsletter": g.user.newsletter_opt_in})


@blueprint.patch("/me")
@login_required
def update_me():
    data = body()
    user = accounts.update_profile(
        g.user,
        name=text(data, "name", default=None, longest=120),
        locale=text(data, "locale", default=None, longest=10),
        newsletter=flag(data, "newsletter", default=g.user.newsletter_opt_in),
        vat_number=text(data, "vat_number", default=None, longest=40),
    )
    return jsonify(user_json(user))


@blueprint.get("/me/export")
@login_required
def export():
    return jsonify(privacy.export_data(g.user))


@blueprint.delete("/me")
@login_required
def close():
    privacy.close_account(g.user)
    return "", 204


class AddressView(MethodView):
    """The addresses of who is logged in: the list without an id, one of them with it."""

    decorators = [login_required]

    def get(self, address_id=None):
        if address_id is None:
            return jsonify(items=[address_json(address) for address in AddressRepository().of_user(g.user)])
        return jsonify(address_json(accounts.address_of(g.user, address_id)))

    def post(self):
        data = body()
        address = accounts.add_address(
            g.user,
            label=text(data, "label", default="home", longest=40),
            street=text(data, "street"),
            city=text(data, "city", longest=100),
            postcode=text(data, "postcode", longest=20),
            country=country(data),
        )
        return jsonify(address_json(address)), 201

    def put(self, address_id):
        data = body()
        address = accounts.update_address(
            g.user,
            address_id,
            label=text(data, "label", default=None, longest=40),
            street=text(data, "street", default=None),
            city=text(data, "city", default=None, longest=100),
            postcode=text(data, "postcode", default=None, longest=20),
            country=country(data) if "country" in data else None,
        )
        return jsonify(address_json(address))

    def delete(self, address_id):
        accounts.remove_address(g.user, address_id)
        return "", 204


address_view = AddressView.as_view("addresses")
blueprint.add_url_rule("/me/addresses", view_func=address_view, methods=["GET", "POST"])
blueprint.add_url_rule("/me/addresses/<int:address_id>", view_func=address_view, methods=["GET", "PUT", "DELETE"])
