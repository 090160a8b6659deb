// What each SDK is told to send, and what must be held afterwards: `event piece value currency source`.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { jitsuAnalytics } from "@jitsu/js";
import { Analytics as SegmentNode } from "@segment/analytics-node";
import Rudder from "@rudderstack/rudder-sdk-node";
import MatomoTracker from "matomo-tracker";
import { PostHog } from "posthog-node";
import { inBrowser } from "./browser.mjs";
import { everything, offline, own, silent } from "./tracker.mjs";

const here = import.meta.dirname;
const timestamp = new Date("2026-03-01T12:00:00Z");

const python = (script) => async ({ url, key, python }) => {
  await promisify(execFile)(python, ["-B", path.join(here, "python", script), url, key]);
};

export const cases = {
  "@segment/analytics-node": {
    async send({ url, key }) {
      const analytics = new SegmentNode({ writeKey: key, host: url, path: "/v1/batch", flushAt: 15 });
      const failures = [];
      analytics.on("error", (error) => failures.push(error));
      analytics.identify({ userId: "u1", anonymousId: "a1", traits: { email: "ada@example.com", plan: "pro" } });
      analytics.track({ anonymousId: "a1", event: "Email Opened", properties: { email_id: "nl-42" }, timestamp });
      const order = { order_id: "o-1", total: 49.5, revenue: 45, currency: "EUR" };
      analytics.track({ userId: "u1", event: "Order Completed", properties: order, timestamp });
      // The shop's page tells of the same order under an id of its own.
      analytics.track({ userId: "u1", event: "order_completed", properties: order, timestamp });
      const shop = "https://shop.example/p?utm_source=news";
      analytics.page({ userId: "u1", name: "Home", properties: { url: shop, title: "Shop" } });
      analytics.screen({ userId: "u1", name: "Settings" });
      analytics.group({ userId: "u1", groupId: "g1", traits: { name: "Initech" } });
      analytics.alias({ userId: "u1", previousId: "a0" });
      for (let n = 0; n < 40; n += 1) analytics.track({ userId: `many-${n}`, event: "Signed Up" });
      await analytics.closeAndFlush();
      if (failures.length > 0) throw failures[0];
    },
    expect: [
      "identify",
      "Email Opened nl-42",
      "Order Completed 45.00 EUR",
      "page shop.example/p news",
      "screen Settings",
      "group",
      "alias",
      ...Array(40).fill("Signed Up"),
    ],
  },
  "@segment/analytics-next": {
    send: (place) => inBrowser("segment-next.js", place, "/page?utm_source=news&utm_medium=email"),
    expect: ["page 127.0.0.1/page news", "identify 127.0.0.1/page news", "Signed Up 127.0.0.1/page news", "Played 127.0.0.1/page news"],
  },
  "segment-analytics-python": {
    send: python("segment_sdk.py"),
    expect: ["identify", "Order Completed 20.00 USD", "page shop.example/x", "alias", ...Array(25).fill("Signed Up")],
  },
  "@rudderstack/rudder-sdk-node": {
    async send({ url, key }) {
      for (const gzip of [true, false]) {
        const rudder = new Rudder(key, { dataPlaneUrl: url, flushAt: 3, gzip });
        rudder.identify({ userId: "u1", traits: { email: "ada@example.com" } });
        rudder.track({ userId: "u1", event: "Signed Up", properties: { plan: "pro" } });
        rudder.page({ anonymousId: "a1", name: "Home", properties: { url: "https://shop.example/" } });
        await new Promise((done, failed) => rudder.flush((error) => (error ? failed(error) : done())));
      }
    },
    expect: ["identify", "Signed Up", "page shop.example/", "identify", "Signed Up", "page shop.example/"],
  },
  "rudder-sdk-python": {
    send: python("rudder_sdk.py"),
    expect: ["identify", "Signed Up", "page shop.example/x"],
  },
  "@jitsu/js": {
    async send({ url, key }) {
      const jitsu = jitsuAnalytics({ host: url, writeKey: `${key}:unused` });
      await jitsu.identify("u1", { email: "ada@example.com" });
      await jitsu.track("Signed Up", { plan: "pro" });
      await jitsu.page({ name: "Home", url: "https://shop.example/" });
    },
    expect: ["identify", "Signed Up", "page shop.example/"],
  },
  "posthog-node": {
    async send({ url, key }) {
      const posthog = new PostHog(key, { host: url, flushAt: 20 });
      posthog.capture({ distinctId: "u1", event: "video_played", properties: { video_id: "v1" }, timestamp });
      posthog.identify({ distinctId: "u1", properties: { email: "ada@example.com", plan: "pro" } });
      posthog.alias({ distinctId: "u1", alias: "a0" });
      posthog.groupIdentify({ groupType: "company", groupKey: "g1" });
      const order = { order_id: "o-1", revenue: 45, currency: "EUR" };
      posthog.capture({ distinctId: "u1", event: "purchase", properties: order });
      await posthog.shutdown();
    },
    expect: ["video_played", "$identify", "$create_alias", "purchase 45.00 EUR"],
  },
  "posthog-js": {
    send: (place) => inBrowser("posthog-js.js", place, "/page?utm_source=news"),
    expect: ["$pageview 127.0.0.1/page news", "$identify 127.0.0.1/page news", "Signed Up 127.0.0.1/page news"],
  },
  posthog: {
    send: python("posthog_sdk.py"),
    expect: ["video_played", "$set", "$create_alias"],
  },
  "plausible-tracker": {
    send: (place) => inBrowser("plausible-tracker.js", place, "/page?utm_source=news"),
    expect: ["pageview 127.0.0.1/page news", "Signup 127.0.0.1/page news"],
  },
  "@plausible-analytics/tracker": {
    send: (place) => inBrowser("plausible-new.js", place, "/page?utm_source=news"),
    expect: ["pageview 127.0.0.1/page news", "Purchase 127.0.0.1/page 12.50 EUR news"],
  },
  "matomo-tracker": {
    async send({ url, key }) {
      const matomo = new MatomoTracker(7, `${url}/matomo.php`, true);
      const failures = [];
      matomo.on("error", (error) => failures.push(error));
      const page = "https://shop.example/p?a=1&mtm_source=news";
      const person = { uid: "u1", _id: "0123456789abcdef", token_auth: key, cdt: "2026-03-01 12:00:00" };
      matomo.track({ url: page, action_name: "Product page", ...person });
      matomo.track({ url: page, e_c: "video", e_a: "play", e_n: "intro", e_v: 1, ...person });
      const order = { idgoal: 0, ec_id: "o-1", revenue: 45 };
      const answer = await new Promise((done) => matomo.trackBulk([{ url: page, ...person, ...order }, { url: page, ...person, download: "https://shop.example/a.pdf" }], done));
      if (JSON.parse(answer).tracked !== 2) throw new Error(answer);
      if (failures.length > 0) throw new Error(failures.join());
    },
    expect: [
      "pageview shop.example/p news",
      "play shop.example/p news",
      "Order Completed shop.example/p 45.00 XXX news",
      "File Download shop.example/p news",
    ],
  },
  "longplay.js": {
    send: everything,
    expect: [
      "page 127.0.0.1/a news",
      "Early Bird 127.0.0.1/a news",
      "Link Clicked 127.0.0.1/a news",
      "File Download 127.0.0.1/a news",
      "Subscribed 127.0.0.1/a news",
      "Waitlist Joined 127.0.0.1/a news",
      "Signed Up 127.0.0.1/a news",
      "identify 127.0.0.1/a news",
      "page 127.0.0.1/b",
      ...Array(5).fill("Listened 127.0.0.1/b"),
    ],
  },
  "longplay.js, offline": {
    send: offline,
    expect: ["page 127.0.0.1/a", "Early Bird 127.0.0.1/a", "Signed Up 127.0.0.1/a", "page 127.0.0.1/b", "Early Bird 127.0.0.1/b"],
  },
  "longplay.js, silent": { send: silent, expect: ["Agreed 127.0.0.1/a"] },
  // Kept, as `marked` counts, and left out of answers and of what is exported.
  "longplay.js, own visits": { send: own, expect: [], marked: 2 },
};
