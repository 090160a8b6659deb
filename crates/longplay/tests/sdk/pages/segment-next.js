import { AnalyticsBrowser } from "@segment/analytics-next";

export default async function ({ url, key }) {
  const analytics = AnalyticsBrowser.load({ writeKey: key, cdnURL: url });
  await analytics.page("Home");
  await analytics.identify("u1", { email: "ada@example.com" });
  await analytics.track("Signed Up", { plan: "pro" });
  await analytics.track("Played", { value: 3 });
}
