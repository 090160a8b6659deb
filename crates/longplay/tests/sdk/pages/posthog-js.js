import posthog from "posthog-js";

export default async function ({ url, key }) {
  await new Promise((loaded) => {
    posthog.init(key, { api_host: url, autocapture: false, capture_pageleave: false, disable_external_dependency_loading: true, loaded });
  });
  posthog.identify("u1", { email: "ada@example.com" });
  posthog.capture("Signed Up", { plan: "pro" });
  await new Promise((done) => setTimeout(done, 4000));
}
