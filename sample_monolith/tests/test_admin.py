"""Pages for staff, reports, the command line and the nightly job."""

from datetime import timedelta

from shop.models import AuditEvent, Notification, StockItem
from shop.utils.common import now


def test_dashboard(admin, customer, buy):
    buy(customer)
    numbers = admin.get("/admin/dashboard")
    assert numbers["customers"] == 1
    assert numbers["orders_to_ship"] == numbers["parcels_waiting"] == 1
    customer.get("/admin/dashboard", 403)


def test_users(admin, support, customer, anybody):
    assert [user["email"] for user in support.get("/admin/users?q=CUSTOMER")["items"]] == ["customer@example.org"]
    support.put(f"/admin/users/{customer.user_id}/role", {"role": "admin"}, 403)
    admin.put(f"/admin/users/{customer.user_id}/role", {"role": "king"}, 422)
    assert admin.put(f"/admin/users/{customer.user_id}/role", {"role": "support"})["role"] == "support"
    admin.post(f"/admin/users/{customer.user_id}/deactivate", expected=200)
    customer.get("/accounts/me", 401)
    anybody.post("/accounts/login", {"email": "customer@example.org", "password": "long enough"}, 401)


def test_overview_joins_five_domains(support, customer, buy, receive, goods):
    number = buy(customer, "MUG")["number"]
    buy(customer, "PEN")
    receive(customer, number)
    customer.post(f"/reviews/products/{goods['MUG']}", {"stars": 5})
    found = support.get(f"/admin/users/{customer.user_id}")
    assert (found["orders"], found["paid_cents"], found["reviews"]) == (2, 900 + 490 + 200 + 490, 1)
    assert found["parcels_under_way"] == 0
    assert found["mails"] >= 4
    support.get("/admin/users/999", 404)


def test_reports(admin, support, customer, buy, receive):
    number = buy(customer, "MUG", 2)["number"]
    buy(customer, "PEN")
    receive(customer, number)
    payment = customer.get(f"/orders/{number}")["payments"][0]["id"]
    support.post(f"/payments/{payment}/refunds", {"amount_cents": 400})
    products = {row["sku"]: row for row in admin.get("/admin/reports/products")["items"]}
    assert products["MUG"]["sold"] == 2
    assert products["MUG"]["revenue_cents"] == 1800
    assert products["MUG"]["orders_paid_back"] == 1
    assert (products["MUG"]["available"], products["POT"]["sold"]) == (18, 0)
    categories = admin.get("/admin/reports/categories")["items"]
    assert [(row["slug"], row["cents"]) for row in categories] == [("kitchen", 1800), ("office", 200)]
    (money,) = admin.get("/admin/reports/revenue")["items"]
    assert (money["paid_cents"], money["refunded_cents"]) == (2290 + 690, 400)
    assert money["vat_cents"] == 430
    (shelves,) = admin.get("/admin/reports/stock")["items"]
    assert shelves == {"warehouse": "BER", "products": 3, "pieces": 58, "value": "802.00"}
    assert admin.get("/admin/reports/categories?since=2999-01-01")["items"] == []
    admin.get("/admin/reports/categories?since=yesterday", 422)
    admin.get("/admin/reports/weather", 404)
    support.get("/admin/reports/revenue", 403)


def test_discrepancies(admin, goods, db):
    assert admin.get("/admin/reports/discrepancies")["items"] == []
    db.query(StockItem).filter_by(product_id=goods["MUG"]).update({"on_hand": 19})
    db.commit()
    (row,) = admin.get("/admin/reports/discrepancies")["items"]
    assert (row["sku"], row["on_hand"], row["moved"]) == ("MUG", 19, 20)


def test_forced_status(admin, support, customer, buy):
    number = buy(customer)["number"]
    path = f"/admin/orders/{number}/status"
    admin.put(path, {"status": "delivered"}, 409)
    assert admin.put(path, {"status": "shipped"})["status"] == "shipped"
    support.put(path, {"status": "delivered"}, 403)
    admin.put("/admin/orders/S0-1/status", {"status": "shipped"}, 404)
    assert admin.get("/admin/orders?status=shipped")["total"] == 1
    assert admin.get("/admin/orders?status=paid")["total"] == 0


def test_confirmation_again(support, customer, buy, db):
    number = buy(customer)["number"]
    support.post(f"/admin/orders/{number}/message", expected=202)
    support.post("/admin/orders/S0-1/message", expected=404)
    db.remove()
    assert db.query(Notification).filter_by(template_key="order_placed").count() == 2


def test_maintenance(admin, customer, anybody):
    admin.put("/admin/settings/maintenance", {"value": "maybe"}, 422)
    admin.put("/admin/settings/colour", {"value": "red"}, 422)
    admin.put("/admin/settings/maintenance", {"value": "on"})
    anybody.get("/catalogue/products", 503)
    customer.get("/cart", 503)
    assert admin.get("/admin/settings") == {"maintenance": "on"}
    admin.put("/admin/settings/maintenance", {"value": "off"})
    anybody.get("/catalogue/products")


def test_trail(admin, customer, buy):
    number = buy(customer)["number"]
    (entry,) = admin.get(f"/admin/trail?action=order.&subject={number}")["items"]
    assert (entry["action"], entry["user_id"]) == ("order.placed", customer.user_id)


def test_nightly_job(app, packer, admin, customer, buy, db):
    buy(customer, "MUG", 17)
    db.remove()
    db.add(AuditEvent(action="ancient", created_at=now() - timedelta(days=400)))
    db.commit()
    result = app.test_cli_runner().invoke(args=["shop", "nightly"])
    assert result.exit_code == 0, result.output
    assert '"failed": []' in result.output
    db.remove()
    assert db.query(AuditEvent).filter_by(action="ancient").count() == 0
    subjects = {mail.subject for mail in db.query(Notification).filter_by(template_key="report")}
    assert "Report: low stock" in subjects
    assert len(subjects) == 2


def test_nightly_job_tells_of_steps_that_fail(app, monkeypatch):
    from shop.services import carts

    def broken():
        raise RuntimeError("broken")

    monkeypatch.setattr(carts, "expire_abandoned", broken)
    result = app.test_cli_runner().invoke(args=["shop", "nightly"])
    assert result.exit_code == 1
    assert "expire_carts: broken" in result.output


def test_tasks_bring_their_own_context(app, customer):
    from shop.tasks.mail import send_outbox

    assert send_outbox.delay().get() == 0


def test_seed_and_other_commands(app, anybody, tmp_path):
    run = app.test_cli_runner().invoke
    assert "the tables are there" in run(args=["shop", "init-db", "--drop"]).output
    seeded = run(args=["shop", "seed", "--orders", "2"])
    assert "6 products, 2 orders" in seeded.output, seeded.output
    assert run(args=["shop", "seed"]).exit_code == 1
    assert "warehouse@example.org warehouse" in run(args=["shop", "list-staff"]).output
    assert "0 shelves are wrong" in run(args=["shop", "stock-check"]).output
    path = tmp_path / "list.json"
    path.write_text('[{"sku": "NEW", "name": "New", "category": "Office", "price_cents": 5, "quantity": 1}]')
    assert "1 new products" in run(args=["shop", "import", str(path), "BER"]).output
    made = run(args=["shop", "create-admin", "boss@example.org", "--password", "long enough"])
    assert "is an admin" in made.output
    answer = anybody.post("/accounts/login", {"email": "boss@example.org", "password": "long enough"}, 200)
    assert answer["user"]["role"] == "admin"
    assert anybody.get("/catalogue/products")["total"] == 7


def test_worker_and_schedule(app):
    """Every name in the schedule and in the nightly job is a task."""
    from shop.tasks.celery_app import celery
    from shop.tasks.nightly import STEPS

    celery.loader.import_default_modules()
    names = {entry["task"] for entry in celery.conf.beat_schedule.values()} | set(STEPS)
    assert names <= set(celery.tasks)
