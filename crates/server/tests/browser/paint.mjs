// When a page shows its first content: `node paint.mjs BASE_URL PATH…` prints a JSON object from path to milliseconds, the middle
// of five visits with what it loads already cached, as a second page of the same server finds it.
import { chromium } from "playwright-core";

const VISITS = 5;
const [baseUrl, ...paths] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
const painted = {};
for (const path of paths) {
  const seen = [];
  for (let visit = 0; visit <= VISITS; visit += 1) {
    await page.goto(new URL(path, baseUrl).href, { waitUntil: "load" });
    const paint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    await page.waitForFunction(paint);
    // The first visit fills the cache.
    if (visit > 0) seen.push(await page.evaluate(paint));
  }
  painted[path] = seen.sort((a, b) => a - b)[Math.floor(VISITS / 2)];
}
await browser.close();
console.log(JSON.stringify(painted));
