"""PostHog's Python library: posthog_sdk.py URL KEY."""
import sys

from posthog import Posthog

url, key = sys.argv[1:]
client = Posthog(key, host=url)
client.capture("video_played", distinct_id="u1", properties={"video_id": "v1"})
client.set(distinct_id="u1", properties={"email": "ada@example.com"})
client.alias(previous_id="a0", distinct_id="u1")
client.shutdown()
