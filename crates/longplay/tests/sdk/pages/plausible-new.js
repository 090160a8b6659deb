import { init, track } from "@plausible-analytics/tracker";

export default async function ({ url, key }) {
  init({ domain: `shop.example,${key}`, endpoint: `${url}/api/event`, captureOnLocalhost: true });
  const revenue = { amount: 12.5, currency: "EUR" };
  await new Promise((callback) => track("Purchase", { props: { plan: "pro" }, revenue, callback }));
}
