"""Commands: ``flask --app shop shop init-db`` and the like."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from shop.db import create_schema, drop_schema, session
from shop.models.catalogue import Product
from shop.models.user import User
from shop.services import accounts, carts, catalogue, orders, payments, reports, shipping, stock
from shop.utils.common import to_json

shop_cli = AppGroup("shop", help="Look after the shop.")

DEMO_PASSWORD = "demo-password"
DEMO_PRODUCTS = [
    {"sku": "MUG-1", "name": "Mug", "category": "Kitchen", "price_cents": 900, "weight_grams": 350, "quantity": 60},
    {
        "sku": "POT-1",
        "name": "Teapot",
        "category": "Kitchen",
        "price_cents": 3400,
        "weight_grams": 1100,
        "quantity": 12,
    },
    {"sku": "PAN-1", "name": "Pan", "category": "Kitchen", "price_cents": 5900, "weight_grams": 1800, "quantity": 8},
    {
        "sku": "LMP-1",
        "name": "Desk lamp",
        "category": "Office",
        "price_cents": 4500,
        "weight_grams": 1500,
        "quantity": 20,
    },
    {"sku": "PEN-1", "name": "Pen", "category": "Office", "price_cents": 250, "weight_grams": 15, "quantity": 500},
    {"sku": "BOK-1", "name": "Notebook", "category": "Office", "price_cents": 700, "weight_grams": 280, "quantity": 90},
]
DEMO_RATES = [
    ("post", "DE", 5_000, 490),
    ("post", "DE", 30_000, 990),
    ("express", "DE", 10_000, 1490),
    ("post", "FR", 10_000, 1290),
    ("pickup", "AT", 100_000, 0),
]


@shop_cli.command("init-db")
@click.option("--drop", is_flag=True, help="Remove all tables first.")
def init_db(drop):
    """Create all tables."""
    if drop:
        drop_schema()
    create_schema()
    click.echo("the tables are there")


@shop_cli.command("create-admin")
@click.argument("email")
@click.password_option()
def create_admin(email, password):
    """Open an account that may do everything."""
    user = accounts.register(email.lower(), password, name="admin")
    accounts.set_role(user.id, "admin")
    click.echo(f"account {user.id} is an admin")


@shop_cli.command("seed")
@click.option("--orders", "order_count", default=3, show_default=True, help="How many orders to place.")
def seed(order_count):
    """Fill an empty shop with a few things to look at."""
    if session.query(Product).first() is not None:
        raise click.ClickException("the shop is not empty")
    seed_catalogue()
    customer = seed_people()
    for sequence in range(order_count):
        product = session.query(Product).order_by(Product.id).offset(sequence % len(DEMO_PRODUCTS)).first()
        carts.add(customer, product.id, 1 + sequence % 2)
        orders.place_order(customer, customer.addresses[0].id)
    click.echo(f"{len(DEMO_PRODUCTS)} products, {order_count} orders; the password is {DEMO_PASSWORD}")


def seed_catalogue():
    """Warehouses, products with stock, rates and a coupon."""
    stock.create_warehouse("BER", "Berlin", "DE")
    stock.create_warehouse("LYS", "Lyon", "FR")
    catalogue.import_products(DEMO_PRODUCTS, "BER")
    for product in session.query(Product).order_by(Product.id):
        stock.receive("LYS", product.id, 10, "first delivery")
    for rate in DEMO_RATES:
        shipping.set_rate(*rate)
    carts.create_coupon("WELCOME", percent=10)


def seed_people():
    """One account for each role; answers with the customer."""
    for role in ("admin", "warehouse", "support"):
        user = accounts.register(f"{role}@example.org", DEMO_PASSWORD, name=f"Demo {role}")
        accounts.set_role(user.id, role)
    customer = accounts.register("customer@example.org", DEMO_PASSWORD, name="Demo customer", newsletter=True)
    accounts.add_address(
        customer, label="home", street="Example street 1", city="Berlin", postcode="10115", country="DE"
    )
    payments.add_method(customer, "card", "tok_demo", "Demo card")
    return customer


@shop_cli.command("nightly")
def nightly():
    """Everything that happens at night, at once."""
    from shop.tasks import nightly as tasks

    result = tasks.run()
    click.echo(to_json(result))
    if result["failed"]:
        raise click.ClickException(f"{len(result['failed'])} steps failed")


@shop_cli.command("import")
@click.argument("path", type=click.File())
@click.argument("warehouse")
def import_list(path, warehouse):
    """Read a supplier's list, a JSON file."""
    click.echo(f"{catalogue.import_products(json.load(path), warehouse)} new products")


@shop_cli.command("stock-check")
def stock_check():
    """Compare the shelves with their movements."""
    wrong = reports.stock_discrepancies()
    for row in wrong:
        click.echo(f"{row['sku']}: {row['on_hand']} on hand, {row['moved']} by movements")
    click.echo(f"{len(wrong)} shelves are wrong in {current_app.name}")


@shop_cli.command("list-staff")
def list_staff():
    """Who may do more than customers."""
    for user in session.query(User).filter(User.role != "customer").order_by(User.email):
        click.echo(f"{user.email} {user.role}")
