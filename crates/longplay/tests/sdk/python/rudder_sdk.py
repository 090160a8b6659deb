"""RudderStack's Python library: rudder_sdk.py URL KEY."""
import sys

import rudderstack.analytics as rudder

rudder.dataPlaneUrl, rudder.write_key = sys.argv[1:]
rudder.identify("u1", {"email": "ada@example.com"})
rudder.track("u1", "Signed Up", {"plan": "pro"})
rudder.page("u1", None, "Shop", {"url": "https://shop.example/x"})
rudder.shutdown()
