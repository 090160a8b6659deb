// A page of the owner's site in Chromium, with one SDK bundled into it. Its host is not the server's, as in life.
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";

// Headless Chromium says that it is a program, and would rightly be marked as one.
const PERSON =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

// Runs pages/FILE, whose default export gets { url, key } and ends when all is sent.
export async function inBrowser(file, { url, key }, address) {
  const entry = path.join(import.meta.dirname, "pages", file);
  const bundle = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", globalName: "sdk", logLevel: "error" });
  const script = bundle.outputFiles[0].text;
  const site = http.createServer((request, response) => {
    const isScript = request.url === "/bundle.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html; charset=utf-8" });
    response.end(isScript ? script : "<!doctype html><title>Shop</title><script src=/bundle.js></script><a href=/next>next</a>");
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-blink-features=AutomationControlled"] });
  try {
    const page = await (await browser.newContext({ userAgent: PERSON })).newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${site.address().port}${address}`);
    await page.evaluate(([url, key]) => globalThis.sdk.default({ url, key }), [url, key]);
    await page.waitForTimeout(1500);
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
    await page.close({ runBeforeUnload: true });
  } finally {
    await browser.close();
    site.closeAllConnections();
    site.close();
  }
}
