import Plausible from "plausible-tracker";

export default async function ({ url, key }) {
  const { trackPageview, trackEvent } = Plausible({ domain: key, apiHost: url, trackLocalhost: true });
  await new Promise((callback) => trackPageview({}, { callback }));
  await new Promise((callback) => trackEvent("Signup", { props: { plan: "pro" }, callback }));
}
