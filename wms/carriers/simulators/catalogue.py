"""Which simulators there are, and how an account is set up that books with one."""

from collections.abc import Callable, Mapping

import msgspec

from wms.carriers.simulators import dhl24, dpd_pl, gls_pl, inpost
from wms.carriers.simulators.server import Simulated


class Offer(msgspec.Struct, frozen=True):
    """``port`` where it listens unless told otherwise, ``credentials`` that it accepts."""

    make: Callable[[], Simulated]
    port: int
    credentials: Mapping[str, str]


OFFERS: dict[str, Offer] = {
    "inpost": Offer(
        inpost.InPost, 8791, {"token": inpost.TOKEN, "organization_id": inpost.ORGANIZATION}
    ),
    "dpd_pl": Offer(
        dpd_pl.DpdPl, 8792, {"login": dpd_pl.LOGIN, "password": dpd_pl.PASSWORD, "master_fid": dpd_pl.FID}
    ),
    "dhl24": Offer(
        dhl24.Dhl24, 8793,
        {"username": dhl24.USERNAME, "password": dhl24.PASSWORD, "account_number": dhl24.ACCOUNT},
    ),
    "gls_pl": Offer(
        gls_pl.GlsPl, 8794,
        {"user": gls_pl.USER, "password": gls_pl.PASSWORD, "tracking_user": gls_pl.TRACKING_USER,
         "tracking_password": gls_pl.TRACKING_PASSWORD},
    ),
}  # fmt: skip


def settings_for(url: str) -> dict[str, str]:
    """What a carrier's settings are while it books with a simulator."""
    return {"mode": "test", "base_url": url}
