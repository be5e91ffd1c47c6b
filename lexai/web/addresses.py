"""The address that a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lexai.web.answers import View

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - what a Unix socket has instead of one; nothing listens here
IPV6_NETWORK_BITS = 64  # one household or office: whoever has one address of it has them all


class ClientAddressMiddleware:
    """Put the caller's address into REMOTE_ADDR: the one that the outermost of our own proxies saw.

    `settings.PROXY_COUNT` says how many proxies stand in front; what is further left in X-Forwarded-For was
    written by the caller and is ignored. An IPv6 address is shortened to its /64 network.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = _counted_address(_address(request))
        return self.get_response(request)


def _address(request: HttpRequest) -> str:
    forwarded = [
        one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()
    ]
    proxies: int = settings.PROXY_COUNT
    if proxies and len(forwarded) >= proxies:
        return str(forwarded[-proxies])
    return str(request.META.get("REMOTE_ADDR", ""))


def _counted_address(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return NO_ADDRESS
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False).network_address)
