// Looks at the pages in a real browser: `node run.mjs BASE_URL OUT_DIR LONGPLAY DATA`, the last two being the program and the
// directory it serves there. Writes screenshots into OUT_DIR, prints one line a check and closes with `N passed, M failed`;
// exits 1 when a check failed. The browser is Debian's chromium, or the one that CHROMIUM names.
import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";
import { firstRun } from "./first.mjs";
import { peopleByForms, peoplePages } from "./people.mjs";

const [baseUrl, outDir, longplay, data] = process.argv.slice(2);
if (!data) {
  console.error("usage: node run.mjs BASE_URL OUT_DIR LONGPLAY DATA");
  process.exit(2);
}
const home = new URL("/", baseUrl).href;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tally = { passed: 0, failed: 0 };

function check(name, holds, detail = "") {
  tally[holds ? "passed" : "failed"] += 1;
  console.log(`${holds ? "ok  " : "FAIL"} ${name}${holds || detail === "" ? "" : `: ${detail}`}`);
}

const VIEWS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  { name: "phone-dark", colorScheme: "dark", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
];

// A page that remembers what it complained about and whom it asked.
async function open(browser, options, address = home) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const complaints = [];
  const strangers = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  // What a page was still loading when the test went on to the next is no complaint.
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== new URL(home).origin) strangers.push(request.url());
  });
  const response = await page.goto(address, { waitUntil: "load" });
  return { context, page, complaints, strangers, response };
}

// Each chart's drawn numbers, its JSON and its table, all raw.
const readExhibits = () =>
  Array.from(document.querySelectorAll("[data-chart]"), (element) => {
    const data = JSON.parse(document.getElementById(`${element.dataset.chart}-data`).textContent);
    const option = globalThis.echarts?.getInstanceByDom(element)?.getOption();
    const value = (point) => (point && typeof point === "object" ? point.value ?? point : point);
    const drawn = (option?.series ?? [])
      .filter((series) => ["known", "days", "bars", "pieces"].includes(series.name))
      .flatMap((series) => series.data.map(value))
      .map((point) => (Array.isArray(point) ? point[1] : point));
    const rows = Array.from(document.querySelectorAll(`#${element.dataset.chart}-table tbody tr`), (row) =>
      Array.from(row.children, (cell) => cell.dataset.value),
    );
    const canvas = element.querySelector("canvas");
    let inked = 0;
    if (canvas) {
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      for (let at = 3; at < pixels.length; at += 4) inked += pixels[at] > 0 ? 1 : 0;
    }
    return { id: element.dataset.chart, data, drawn, rows, inked, label: element.getAttribute("aria-label") };
  });

function sameNumbers({ data, drawn, rows }) {
  if (data.marks.length !== rows.length) return `${data.marks.length} marks, ${rows.length} rows`;
  for (const [at, mark] of data.marks.entries()) {
    const cells = rows[at].slice(1);
    for (const name of ["value", "low", "high"]) {
      const raw = mark[name] === null ? "" : mark[name];
      // A table without ranges has no columns for them.
      if (raw === "" && name !== "value") continue;
      if (!cells.some((cell) => (raw === "" ? cell === "" : cell !== "" && Math.abs(Number(cell) - raw) <= 1e-9 * Math.abs(raw)))) {
        return `row ${at} (${rows[at][0]}) lacks ${name} ${mark[name]}`;
      }
    }
    const shown = ["weeks", "months"].includes(data.kind) && mark.state !== "known" ? null : mark.value;
    const wanted = shown === null ? null : shown * data.factor;
    const got = drawn[at] === undefined || drawn[at] === "-" ? null : drawn[at];
    if ((wanted === null) !== (got === null)) return `mark ${at} is drawn as ${got}, not ${wanted}`;
    if (wanted !== null && Math.abs(wanted - got) > 1e-9 * Math.max(1, Math.abs(wanted))) return `mark ${at} is drawn as ${got}, not ${wanted}`;
  }
  return "";
}

async function look(browser, view, [place, address]) {
  const { name, ...options } = view;
  const { context, page, complaints, strangers } = await open(browser, options, new URL(address, home).href);
  const has = (text) => `${place}, ${name}: ${text}`;
  await page.waitForFunction(() => Array.from(document.querySelectorAll("[data-chart]")).every((e) => e.querySelector("canvas")));
  const exhibits = await page.evaluate(readExhibits);
  check(has("there are charts"), exhibits.length > 0);
  for (const exhibit of exhibits) {
    check(has(`${exhibit.id} is drawn`), exhibit.inked > 200, `${exhibit.inked} pixels`);
    check(has(`${exhibit.id} says what it shows`), (exhibit.label ?? "").length > 20);
    const difference = sameNumbers(exhibit);
    check(has(`${exhibit.id} and its table hold the same numbers`), difference === "", difference);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(has("nothing is wider than the window"), wide <= 0, `${wide} px too wide`);
  await page.screenshot({ path: path.join(outDir, `${place}-${name}.png`), fullPage: true });
  await page.keyboard.press("t");
  await page.screenshot({ path: path.join(outDir, `${place}-${name}-tables.png`), fullPage: true });
  const wideOpen = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(has("nor with the tables open"), wideOpen <= 0, `${wideOpen} px too wide`);
  const violations = await page.evaluate(async (source) => {
    // Evaluated by the debugger, which the page's own policy does not bind.
    (0, eval)(source);
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map((found) => `${found.id} (${found.nodes.length}): ${found.nodes[0].html.slice(0, 160)}`);
  }, axe);
  check(has("axe finds no violation"), violations.length === 0, violations.join("; "));
  check(has("the console is silent"), complaints.length === 0, complaints.join("; "));
  check(has("no other host is asked"), strangers.length === 0, strangers.join(", "));
  await context.close();
}

async function byKeyboard(browser) {
  const { context, page, complaints } = await open(browser, { viewport: { width: 1280, height: 900 } }, new URL("/plan", home).href);
  await page.waitForSelector("[data-chart] canvas");
  // A list without a picture is its own table, and is always there.
  const folding = page.locator(".exhibit:has(.toggle) .table");
  const shown = () => folding.evaluateAll((tables) => tables.filter((table) => table.checkVisibility()).length);
  const all = await folding.count();
  check("keyboard: tables start folded", (await shown()) === 0);
  await page.keyboard.press("t");
  check("keyboard: t unfolds every table", (await shown()) === all, `${await shown()} of ${all}`);
  await page.keyboard.press("t");
  check("keyboard: t folds them again", (await shown()) === 0);

  const focused = () =>
    page.evaluate(() => {
      const e = document.activeElement;
      const { top, width, height } = e.getBoundingClientRect();
      const outline = getComputedStyle(e);
      return {
        what: e.className || e.textContent.trim().slice(0, 20), chart: e.dataset.chart, toggle: e.matches(".toggle"),
        top: top + scrollY, seen: width > 0 && height > 0, ring: outline.outlineStyle !== "none" && parseFloat(outline.outlineWidth) > 0,
        rail: e.closest(".rail") !== null, left: e === document.body,
      };
    });
  const order = [];
  for (let step = 0; step < 300; step += 1) {
    await page.keyboard.press("Tab");
    const at = await focused();
    if (at.left || (order.length > 0 && at.what === order[0].what)) break;
    order.push(at);
  }
  check("keyboard: the first stop skips to the answers", order[0]?.what === "skip");
  check("keyboard: every stop shows where it is", order.every((at) => at.seen && at.ring), JSON.stringify(order.filter((at) => !at.ring || !at.seen)));
  const main = order.filter((at) => !at.rail && at.what !== "skip");
  const backwards = main.filter((at, index) => index > 0 && at.top < main[index - 1].top - 4);
  check("keyboard: the order of stops is the order of reading", backwards.length === 0, JSON.stringify(backwards));
  const charts = await page.locator("[data-chart]").count();
  check("keyboard: every chart is a stop", main.filter((at) => at.chart).length === charts);

  const first = page.locator("[data-chart]").first();
  await first.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  const spoken = await page.locator(".for-ears[aria-live]").first().textContent();
  check("keyboard: arrows read a mark aloud", (spoken ?? "").length > 10, spoken ?? "");
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("ArrowRight");
  const tip = () => page.locator(".tip").first();
  const words = await page.locator(".for-ears[aria-live]").first().textContent();
  check("keyboard: and show the same words", (await tip().isVisible()) && (await tip().textContent()) === words, words ?? "");
  await page.screenshot({ path: path.join(outDir, "home-tooltip.png") });
  await page.keyboard.press("Escape");
  const closed = await tip().waitFor({ state: "hidden", timeout: 2000 }).then(() => true, () => false);
  check("keyboard: Escape closes them", closed);
  await page.keyboard.press("t");
  check("keyboard: t inside a picture unfolds its table only", (await shown()) === 1);
  const opened = page.locator(".exhibit:has(.toggle) .table.open");
  const head = opened.locator("thead button").nth(1);
  await head.focus();
  await page.keyboard.press("Enter");
  const sorted = await opened.locator("tbody tr td:nth-child(2)").evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.value)));
  check("keyboard: a column sorts", sorted.every((value, at) => at === 0 || sorted[at - 1] <= value), sorted.join(" "));
  // What a stranger may have put there, in a spreadsheet.
  await opened.locator("tbody tr:first-child th").evaluate((cell) => { cell.dataset.value = "=HYPERLINK(1)"; });
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".csv").first().click()]);
  const csv = await readFile(await download.path(), "utf8");
  const rows = await opened.locator("tbody tr").count();
  check("keyboard: the CSV holds the rows of the table", csv.trim().split("\r\n").length === rows + 1, csv.slice(0, 200));
  check("keyboard: and nothing in it is a formula", csv.includes("'=HYPERLINK(1)") && !/(^|,)"?=/m.test(csv), csv.slice(0, 200));
  await page.screenshot({ path: path.join(outDir, "home-keyboard.png") });
  check("keyboard: the console is silent", complaints.length === 0, complaints.join("; "));
  await context.close();
}

// What is worked out apart comes into the page by itself; when it can't, that is said, and another try brings it.
async function lazily(browser) {
  for (const [place, part] of [["/durability", "#durability-months-title"], [await onePiece(), "#piece-after"]]) {
    const { context, page, complaints } = await open(browser, { viewport: { width: 1280, height: 900 } }, new URL(place, home).href);
    await page.waitForSelector(part);
    await page.waitForFunction(() => Array.from(document.querySelectorAll("[data-chart]")).every((e) => e.querySelector("canvas")));
    check(`lazily: ${place} takes its panel in`, (await page.locator("[aria-busy]").count()) === 0 && complaints.length === 0, complaints.join("; "));
    const violations = await page.evaluate(async (source) => {
      (0, eval)(source);
      return (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations.map((found) => `${found.id}: ${found.nodes[0].html.slice(0, 160)}`);
    }, axe);
    check(`lazily: axe finds no violation in ${place}`, violations.length === 0, violations.join("; "));
    await page.screenshot({ path: path.join(outDir, `lazily${place.split("?")[0].replaceAll("/", "-")}.png`), fullPage: true });
    await context.close();
  }
  const context = await browser.newContext();
  const page = await context.newPage();
  let fails = true;
  await page.route("**/durability/months*", (route) => (fails ? route.abort() : route.continue()));
  await page.goto(new URL("/durability", home).href);
  const again = page.getByRole("button", { name: "Try again" });
  await again.waitFor();
  check("lazily: a panel that fails says so", (await page.locator(".panel [role=alert]").innerText()).includes("could not be worked out"));
  fails = false;
  await again.click();
  await page.waitForSelector("#durability-months-title");
  check("lazily: and another try brings it", (await page.locator(".panel .exhibit canvas").count()) > 0);
  await context.close();
}

async function onePiece() {
  const { pieces } = await (await fetch(new URL("/api/v1/pieces", home))).json();
  return `/piece?id=${encodeURIComponent(pieces[0].piece)}`;
}

// A note on a day is written by a form, stands on the chart, and is taken away.
async function notes(browser) {
  const { context, page } = await open(browser, { viewport: { width: 1280, height: 900 } }, new URL(await onePiece(), home).href);
  await page.waitForSelector("#piece-days-1-title");
  const marks = () => page.evaluate(() => JSON.parse(document.getElementById("piece-days-1-data").textContent));
  const { marks: days } = await marks();
  const at = days[Math.floor(days.length / 2)].at;
  await page.locator("#note-day").fill(at);
  await page.locator("#note-text").fill("on the radio");
  await Promise.all([page.waitForEvent("framenavigated"), page.getByRole("button", { name: "Note it" }).click()]);
  await page.waitForSelector("#piece-days-1-title");
  const after = await marks();
  check("notes: the chart marks the day", after.moments.some((moment) => moment.is_note && moment.at === at));
  check("notes: and its day tells it", after.marks.find((mark) => mark.at === at).words.includes("on the radio"));
  await Promise.all([page.waitForEvent("framenavigated"), page.getByRole("button", { name: /^Take away: on the radio/ }).click()]);
  await page.waitForSelector("#piece-days-1-title");
  check("notes: it is taken away again", (await marks()).moments.every((moment) => !moment.is_note));
  await context.close();
}

async function withoutScript(browser) {
  const { context, page, strangers } = await open(browser, { javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const tables = page.locator(".table");
  const count = await tables.count();
  let shown = 0;
  for (let at = 0; at < count; at += 1) shown += (await tables.nth(at).isVisible()) ? 1 : 0;
  check("no script: every table is there", count > 0 && shown === count, `${shown} of ${count}`);
  check("no script: no dead button is shown", (await page.locator(".toggle:visible, .csv:visible").count()) === 0);
  check("no script: no other host is asked", strangers.length === 0, strangers.join(", "));
  await page.screenshot({ path: path.join(outDir, "home-no-script.png"), fullPage: true });
  await context.close();
}

async function onPaper(browser) {
  const { context, page } = await open(browser, { colorScheme: "dark", viewport: { width: 800, height: 1000 } });
  await page.waitForSelector("[data-chart] canvas");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const folded = await page.locator(".table").evaluateAll((tables) => tables.filter((table) => !table.checkVisibility()).length);
  check("paper: tables are unrolled", folded === 0);
  check("paper: the foot names the view", (await page.locator(".foot").innerText()).includes(home));
  check("paper: no rail", !(await page.locator(".rail").isVisible()));
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  check("paper: is white, whatever the screen is", ground === "rgb(255, 255, 255)", ground);
  await page.screenshot({ path: path.join(outDir, "home-paper.png") });
  await context.close();
}

// Answers change with the theme while the page is open.
async function themeChanges(browser) {
  const { context, page } = await open(browser, { colorScheme: "light", viewport: { width: 1000, height: 800 } });
  await page.waitForSelector("[data-chart] canvas");
  const ink = () =>
    page.evaluate(() => globalThis.echarts.getInstanceByDom(document.querySelector("[data-chart]")).getOption().xAxis[0].axisLabel.color);
  const before = await ink();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForTimeout(100);
  const after = await ink();
  check("theme: charts follow the screen without a reload", before !== after, `${before} stays ${after}`);
  await context.close();
}

async function otherPages(browser) {
  const start = await open(browser, {});
  const links = await start.page.locator("a[href^='/']").evaluateAll((found) => [...new Set(found.map((link) => link.href))]);
  await start.context.close();
  for (const link of links) {
    const { context, page, response, complaints } = await open(browser, { viewport: { width: 390, height: 844 } }, link);
    check(`link ${new URL(link).pathname} leads somewhere`, response.ok() && complaints.length === 0, `${response.status()} ${complaints}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(`link ${new URL(link).pathname} fits a phone`, wide <= 0, `${wide} px too wide`);
    if (link.includes("/methods/")) await page.screenshot({ path: path.join(outDir, `${path.basename(link)}-method.png`), fullPage: true });
    await context.close();
  }
  const { context, page, response } = await open(browser, {}, new URL("/no-such-page", home).href);
  check("an unknown address says so", response.status() === 404 && (await page.locator("h1").count()) === 1);
  await context.close();
}

// How a site is connected, and what is wrong: here, somebody sends with a key that isn't known.
async function sources(browser) {
  await fetch(new URL("/v1/batch", home), { method: "POST", headers: { authorization: "Bearer lp_wrong" }, body: '{"batch":[]}' });
  for (const { name, ...options } of VIEWS) {
    const { context, page, complaints, strangers } = await open(browser, options, new URL("/sources", home).href);
    const has = (text) => `sources, ${name}: ${text}`;
    check(has("the snippet names this server"), (await page.locator(".snippet").innerText()).includes(`${home}longplay.js`));
    check(has("it says what is wrong"), (await page.locator(".cautions").innerText()).includes("key that is not known"));
    const violations = await page.evaluate(async (source) => {
      (0, eval)(source);
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return violations.map((found) => `${found.id} (${found.nodes.length}): ${found.nodes[0].html.slice(0, 160)}`);
    }, axe);
    check(has("axe finds no violation"), violations.length === 0, violations.join("; "));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(has("nothing is wider than the window"), wide <= 0, `${wide} px too wide`);
    check(has("the console is silent and no other host is asked"), complaints.length + strangers.length === 0, [...complaints, ...strangers].join("; "));
    await page.screenshot({ path: path.join(outDir, `sources-${name}.png`), fullPage: true });
    await context.close();
  }
}

// A person opens the link that the owner gave them, takes everything along, is asked once more, and is forgotten.
async function ownPage(browser) {
  const run = (...words) => execFileSync(longplay, ["--data", data, ...words], { encoding: "utf8" });
  const key = run("key", "create", "--name", "own-page", "--json");
  const event = { type: "track", event: "Signed Up", userId: "own-page-7", messageId: "own-page-1", timestamp: "2026-01-02T12:00:00Z" };
  const sent = await fetch(new URL("/v1/batch", home), {
    method: "POST",
    headers: { authorization: `Bearer ${JSON.parse(key).key}` },
    body: JSON.stringify({ batch: [event] }),
  });
  check("own page: something is held", sent.status === 200, `${sent.status}`);
  const link = run("person", "link", "user:own-page-7", "--base", new URL(home).origin).match(/https?:\/\/\S+\/you\/\S+/)[0];
  for (const { name, ...options } of VIEWS) {
    const { context, page, complaints, strangers, response } = await open(browser, options, link);
    const has = (text) => `own page, ${name}: ${text}`;
    check(has("it opens"), response.status() === 200);
    check(has("no name is told in full"), !(await page.content()).includes("own-page-7"));
    const violations = await page.evaluate(async (source) => {
      (0, eval)(source);
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return violations.map((found) => `${found.id} (${found.nodes.length}): ${found.nodes[0].html.slice(0, 160)}`);
    }, axe);
    check(has("axe finds no violation"), violations.length === 0, violations.join("; "));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(has("nothing is wider than the window"), wide <= 0, `${wide} px too wide`);
    check(has("the console is silent and no other host is asked"), complaints.length + strangers.length === 0, [...complaints, ...strangers].join("; "));
    await page.screenshot({ path: path.join(outDir, `own-page-${name}.png`), fullPage: true });
    await context.close();
  }
  const { context, page } = await open(browser, { javaScriptEnabled: false }, link);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Take everything along" }).click()]);
  const held = JSON.parse(await readFile(await download.path(), "utf8"));
  check("own page: everything is taken along", held.events.length === 1 && held.events[0].event === "Signed Up", JSON.stringify(held));
  const press = async (name) => {
    await page.getByRole("button", { name }).focus();
    // The page that stands is loaded already, so what is awaited is the next one.
    await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press("Enter")]);
    await page.waitForLoadState("load");
  };
  await press("Have it erased");
  check("own page: asked once more", (await page.locator("main").innerText()).includes("can't be undone"));
  await press("Erase everything");
  check("own page: forgotten, by keyboard and without script", (await page.locator("h1").innerText()).includes("You were forgotten"));
  await page.goto(link);
  check("own page: nothing is held any more", (await page.locator("h1").innerText()).includes("Nothing is held on you here"));
  await context.close();
}

// Keys do what links and fields say that name them, and nothing while somebody types.
async function keys(browser) {
  const { context, page, complaints } = await open(browser, VIEWS[0]);
  const pressed = async (key) => {
    await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press(key)]);
    await page.waitForLoadState("load");
    return new URL(page.url());
  };
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  check("keys: ? lists them", (await dialog.innerText()).includes("the last 7 days"));
  const violations = await page.evaluate(async (source) => {
    (0, eval)(source);
    return (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations.map((found) => found.id);
  }, axe);
  check("keys: axe finds no violation in the list", violations.length === 0, violations.join("; "));
  await page.screenshot({ path: path.join(outDir, "keys.png") });
  await page.keyboard.press("Escape");
  check("keys: Esc closes", (await dialog.count()) === 0);
  const week = await pressed("w");
  const days = (Date.parse(week.searchParams.get("to")) - Date.parse(week.searchParams.get("from"))) / 86400000;
  check("keys: w is the last seven days", days === 7, week.search);
  const earlier = await pressed("ArrowLeft");
  check("keys: an arrow goes as many days back", earlier.searchParams.get("to") === week.searchParams.get("from"), earlier.search);
  check("keys: the other goes forth", (await pressed("ArrowRight")).search === week.search);
  check("keys: x compares", (await pressed("x")).searchParams.get("compare") === "previous");
  check("keys: x again compares no more", (await pressed("x")).search === week.search);
  await page.keyboard.press("f");
  await page.keyboard.type("wm");
  check("keys: what is typed is no key", (await page.locator("input.rule").inputValue()) === "wm" && page.url().endsWith(week.search));
  await page.locator("h1, h2").first().click();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("piec");
  await page.screenshot({ path: path.join(outDir, "palette.png") });
  check("keys: the palette leads there", (await pressed("Enter")).pathname === "/pieces");
  await page.keyboard.press("/");
  check("keys: / is the search", await page.evaluate(() => document.activeElement.id === "q"));
  check("keys: nothing is complained about", complaints.length === 0, complaints.join("; "));
  await context.close();
}

await mkdir(outDir, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const { pieces } = await (await fetch(new URL("/api/v1/pieces", home))).json();
  const places = [["home", "/"], ["pieces", "/pieces"], ["months", "/durability/months"], ["piece", `/piece?id=${encodeURIComponent(pieces[0].piece)}`]];
  for (const place of places) for (const view of VIEWS) await look(browser, view, place);
  for (const part of [byKeyboard, lazily, notes, withoutScript, onPaper, themeChanges, keys, otherPages, sources, ownPage]) await part(browser);
  await firstRun({ browser, longplay, outDir, axe, check });
  const shared = { home, outDir, views: VIEWS, open, check, axe };
  await peoplePages(browser, shared);
  await peopleByForms(browser, shared);
} catch (error) {
  check("the run came to its end", false, error.stack);
} finally {
  await browser.close();
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
