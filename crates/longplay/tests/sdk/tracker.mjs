// Our own tracker on a page of another host, as a visitor meets it.
import { onSite } from "./browser.mjs";

const snippet = (url, key, more) => `<script>window.longplay=window.longplay||function(){(longplay.q=longplay.q||[]).push(arguments)};longplay("track","Early Bird")</script>
<script defer src="${url}/longplay.js" data-key="${key}" ${more}></script>`;

const html = (url, key, more = 'data-consent="full"') => `<!doctype html><title>Shop</title><link rel="icon" href="data:,">${snippet(url, key, more)}
<a id="out" target="_blank" href="https://elsewhere.example/x?private=1">out</a> <a id="pdf" download href="/a.pdf">pdf</a>
<form id="form" data-longplay="Subscribed" onsubmit="return false"><button>go</button></form>
<button id="marked" data-longplay="Waitlist Joined">join</button><audio id="audio" title="Song" src="/song.wav"></audio>`;

const loaded = (page) => page.waitForFunction(() => globalThis.longplay && !globalThis.longplay.q);
const sent = (page) => page.waitForTimeout(1800);

// Everything a visitor does, and what the page says itself.
export async function everything({ url, key }) {
  await onSite({ html: html(url, key) }, async ({ page, context, site }) => {
    await page.goto(`${site}/a?utm_source=news`);
    await loaded(page);
    await context.route("https://elsewhere.example/**", (route) => route.fulfill({ body: "" }));
    await page.click("#out");
    await page.click("#pdf");
    await page.click("#form button");
    await page.click("#marked");
    await page.evaluate(() => globalThis.longplay("track", "Signed Up", { plan: "pro" }));
    await page.evaluate(() => globalThis.longplay("identify", "u1", { email: "ada@example.com" }));
    await page.evaluate(() => history.pushState({}, "", "/b"));
    await page.evaluate(() => document.getElementById("audio").play());
    await page.waitForTimeout(1500);
    await sent(page);
  });
}

// What is made while the server can't be reached is sent by a later page, once.
export async function offline({ url, key }) {
  await onSite({ html: html(url, key) }, async ({ page, context, site }) => {
    await page.goto(`${site}/a`);
    await loaded(page);
    await sent(page);
    await context.route(`${url}/v1/batch`, (route) => route.abort());
    await page.evaluate(() => globalThis.longplay("track", "Signed Up"));
    await sent(page);
    await context.unroute(`${url}/v1/batch`);
    // Leaving sends it by beacon, and the next page again: the server keeps one.
    await page.goto(`${site}/b`);
    await loaded(page);
    await sent(page);
    await sent(page);
  });
}

// Nothing is sent by a browser that asks not to be tracked, nor without consent.
export async function silent({ url, key }) {
  await onSite({ html: html(url, key) }, async ({ page, context, site }) => {
    await context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true }));
    await page.goto(`${site}/a`);
    await loaded(page);
    await sent(page);
  });
  await onSite({ html: html(url, key, 'data-consent="off"') }, async ({ page, site }) => {
    await page.goto(`${site}/a`);
    await loaded(page);
    await sent(page);
    const kept = await page.evaluate(() => localStorage.length);
    if (kept !== 0) throw new Error(`${kept} things kept without consent`);
    await page.evaluate(() => globalThis.longplay("consent", "cookieless"));
    await page.evaluate(() => globalThis.longplay("track", "Agreed"));
    await sent(page);
    if ((await page.evaluate(() => localStorage.length)) !== 0) throw new Error("cookieless keeps something");
  });
}

// The owner's own visits are marked: held, and left out of answers.
export async function own({ url, key }) {
  await onSite({ html: html(url, key) }, async ({ page, site }) => {
    await page.goto(`${site}/a#longplay-own`);
    await loaded(page);
    await sent(page);
  });
}
