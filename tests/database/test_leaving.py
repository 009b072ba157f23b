"""What a transaction cannot take back: calls that do something beyond the process, and those that only look so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decompose.database.ties import Ties
from decompose.linking.libraries.surroundings import acts_outside, leaves_process

if TYPE_CHECKING:
    from tests.conftest import Draw


@pytest.mark.parametrize(
    "target",
    ["requests:post", "requests:Session.get", "urllib.request:urlopen", "urllib:request.urlopen", "socket:socket.connect",
     "smtplib:SMTP.send_message", "stripe:Charge.create", "redis:Redis.lpush"],
)  # fmt: skip
def test_what_reaches_another_machine_leaves(target: str) -> None:
    assert leaves_process(target)


@pytest.mark.parametrize(
    "target",
    ["urllib.parse:quote", "urllib:parse.urlencode", "urllib3.util:parse_url", "requests:utils.quote", "requests:ConnectionError",
     "requests.exceptions:HTTPError.__init__", "socket:gethostname", "stripe.error:CardError", "json:dumps"],
)  # fmt: skip
def test_what_takes_texts_apart_looks_a_name_up_or_is_raised_stays(target: str) -> None:
    assert not leaves_process(target)


def test_a_function_that_puts_an_address_together_stays_in_the_process(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/use.py": (
            "from urllib import parse\nfrom urllib.parse import urljoin\n\nimport requests\n\n\n"
            "def address(base, name):\n    return urljoin(base, parse.quote(name))\n\n\n"
            "def tell(base):\n    requests.post(address(base, 'x'))\n"
        ),
    })  # fmt: skip
    assert Ties(app.system).leaving == {"m.use:tell"}


@pytest.mark.parametrize(
    ("target", "acts"),
    [("requests:post", True), ("stripe:Account.create_async", True), ("boto3:client().put_object", True), ("redis:Redis.set", True),
     ("requests:get().json", False), ("stripe:Account.retrieve_async", False), ("redis:Redis.hgetall", False),
     ("boto3.session:Client.list_objects", False), ("urllib.parse:quote", False)],
)  # fmt: skip
def test_who_only_asks_changes_nothing_there(target: str, acts: bool) -> None:
    assert acts_outside(target) is acts
