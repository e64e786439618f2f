"""Every range that must not be fetched from, and some that must."""

from ipaddress import ip_address, ip_network

import pytest

from parley.jobs.addresses import permitted, public

FORBIDDEN = {
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    "link-local": ["169.254.169.254", "fe80::1", "febf::1", "fe80::1%eth0"],
    "CGNAT": ["100.64.0.1", "100.127.255.255", "100.100.100.200"],
    "cloud metadata": ["168.63.129.16", "fd00:ec2::254"],
    "protocol assignments": ["192.0.0.8", "192.0.0.170", "2001:1::1", "2001:4:112::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "3fff:fff::1"],
    "benchmarking": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "multicast": ["224.0.0.1", "233.252.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "254.255.255.255", "4000::1", "8000::1", "1::1"],
    "broadcast": ["255.255.255.255"],
    "anycast services": ["192.31.196.1", "192.52.193.1", "192.88.99.1", "192.175.48.1", "2620:4f:8000::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.215.14"],
    "compatible": ["::127.0.0.1", "::93.184.215.14"],
    "translated": ["::ffff:0:127.0.0.1"],
    "NAT64": ["64:ff9b::127.0.0.1", "64:ff9b::93.184.215.14", "64:ff9b:1::10.0.0.1", "64:ff9b:1:ffff::1"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:5db8:d70e::1"],
    "Teredo": ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "ORCHID": ["2001:10::1", "2001:20::1", "2001:30::1"],
    "unique local": ["fc00::1", "fdff::1"],
    "site-local": ["fec0::1", "feff::1"],
    "discard": ["100::1", "100:0:0:1::1"],
    "segment routing": ["5f00::1"],
    "6bone": ["3ffe::1"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FORBIDDEN.items() for text in texts])
def test_an_address_inside_is_forbidden(kind: str, text: str) -> None:
    address = ip_address(text)
    assert not public(address), kind
    assert not permitted([address], 443), kind


@pytest.mark.parametrize(
    "text",
    [
        *("1.1.1.1", "8.8.8.8", "93.184.215.14", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
        *("126.255.255.255", "128.0.0.1", "168.63.129.15", "172.15.255.255", "172.32.0.0", "192.167.255.255"),
        *("198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2001:200::1", "2a00:1450::1"),
    ],
)
def test_an_address_of_the_internet_is_public(text: str) -> None:
    assert public(ip_address(text))
    assert permitted([ip_address(text)], 80)


def test_one_forbidden_address_spoils_a_name() -> None:
    assert not permitted([ip_address("1.1.1.1"), ip_address("127.0.0.1")], 443)
    assert not permitted([ip_address("2606:4700::1111"), ip_address("fd00::1")], 443)
    assert not permitted([], 443)


@pytest.mark.parametrize("port", [1, 22, 25, 81, 444, 3306, 6379, 8080, 8443])
def test_other_ports_are_closed(port: int) -> None:
    assert not permitted([ip_address("1.1.1.1")], port)


def test_an_allowed_network_opens_its_addresses_at_any_port_and_no_others() -> None:
    allow = [ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")]
    assert permitted([ip_address("10.1.2.3"), ip_address("fd00:1::5")], 8080, allow)
    assert permitted([ip_address("10.1.2.3"), ip_address("1.1.1.1")], 443, allow)
    assert not permitted([ip_address("10.1.2.3"), ip_address("1.1.1.1")], 8080, allow)
    assert not permitted([ip_address("10.2.0.1")], 443, allow)
    assert not permitted([ip_address("10.1.2.3"), ip_address("127.0.0.1")], 443, allow)
    assert not permitted([ip_address("::ffff:10.1.2.3")], 443, allow)
