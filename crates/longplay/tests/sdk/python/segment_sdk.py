"""Segment's Python library: segment_sdk.py URL KEY."""
import sys

from segment.analytics.client import Client

url, key = sys.argv[1:]


def failed(error, _items):
    sys.exit(f"not sent: {error}")


for gzip in (False, True):
    client = Client(key, host=url, gzip=gzip, on_error=failed)
    if gzip:
        for number in range(25):
            client.track(f"many-{number}", "Signed Up")
        client.alias("a1", "u1")
    else:
        client.identify("u1", {"email": "ada@example.com"})
        client.track("u1", "Order Completed", {"order_id": "o-2", "revenue": 20})
        client.page("u1", None, "Shop", {"url": "https://shop.example/x"})
    client.shutdown()
