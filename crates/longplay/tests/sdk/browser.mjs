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
  const options = { bundle: true, write: false, format: "iife", globalName: "sdk", logLevel: "error" };
  const bundle = await build({ entryPoints: [entry], ...options });
  const html = "<!doctype html><title>Shop</title><script src=/bundle.js></script>";
  await onSite({ html, script: bundle.outputFiles[0].text }, async ({ page, site }) => {
    await page.goto(site + address);
    await page.evaluate(([url, key]) => globalThis.sdk.default({ url, key }), [url, key]);
    await page.waitForTimeout(1500);
  });
}

// A site whose every page is `html`, open in Chromium; `visit` gets { page, context, site }.
export async function onSite({ html, script = "" }, visit) {
  const site = http.createServer((request, response) => {
    const isScript = request.url === "/bundle.js";
    const isMedia = request.url.endsWith(".wav");
    const type = isScript ? "text/javascript" : isMedia ? "audio/wav" : "text/html; charset=utf-8";
    response.writeHead(200, { "content-type": type });
    response.end(isScript ? script : isMedia ? silence() : html);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", `--user-agent=${PERSON}`, "--disable-blink-features=AutomationControlled", "--autoplay-policy=no-user-gesture-required"];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await visit({ page, context, site: `http://127.0.0.1:${site.address().port}` });
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
    await page.close({ runBeforeUnload: true });
  } finally {
    await browser.close();
    site.closeAllConnections();
    site.close();
  }
}

// A second of nothing, as a WAV file.
function silence() {
  const samples = 8000;
  const wav = Buffer.alloc(44 + samples, 128);
  wav.write("RIFF");
  wav.writeUInt32LE(36 + samples, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(8000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples, 40);
  return wav;
}
