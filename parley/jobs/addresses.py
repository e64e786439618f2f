"""Which addresses a preview may be fetched from. Pure, no I/O.

The public internet and nothing else. The ranges are those of the IANA registries of special-purpose
addresses (RFC 6890 and its updates), written out because the tables inside Python differ by version,
plus what wraps an IPv4 address into an IPv6 one, since that would be a way around the IPv4 rules.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443})

FORBIDDEN_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network, unspecified
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by carriers (CGNAT)
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # public by number, but inside Azure the host's own metadata service
            "169.254.0.0/16",  # link-local, metadata services of clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)

# Only 2000::/3 is handed out for the public internet. All else is refused by not being in it: unspecified and
# loopback, mapped (::ffff:0:0/96) and compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard (100::/64),
# segment routing (5f00::/16), unique local (fc00::/7), link-local (fe80::/10), site-local (fec0::/10), multicast.
PUBLIC_V6 = IPv6Network("2000::/3")
FORBIDDEN_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID, AMT
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which carries any IPv4 address inside
            "2620:4f:8000::/48",  # AS112
            "3ffe::/16",  # 6bone, given back
            "3fff::/20",  # documentation
        ),
    )
)


def allowed(address: Address, exceptions: Sequence[Network] = ()) -> bool:
    """Whether an address lies in one of the networks that the operator has named."""
    return any(address in network for network in exceptions)


def public(address: Address) -> bool:
    """Whether an address belongs to the public internet, by every table we know."""
    if isinstance(address, IPv4Address):
        inside = not any(address in network for network in FORBIDDEN_V4)
    else:
        inside = (
            address in PUBLIC_V6
            and address.scope_id is None
            and not any(address in network for network in FORBIDDEN_V6)
        )
    return inside and address.is_global and not address.is_multicast


def permitted(addresses: Sequence[Address], port: int, exceptions: Sequence[Network] = ()) -> bool:
    """Whether a name with these addresses may be fetched from at this port.

    One forbidden address spoils the name. Ports other than 80 and 443 are open only in `exceptions`.
    """
    if not addresses:
        return False
    if all(allowed(address, exceptions) for address in addresses):
        return True
    return port in PORTS and all(public(address) or allowed(address, exceptions) for address in addresses)
