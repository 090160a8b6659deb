// The first run in a real browser, over an empty workspace of its own: from “Begin here” to a true sentence, by clicking and typing
// alone; then settings, logging out and in. Each page on the way is looked at in light, dark and on a phone, and by axe.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

const PASSWORD = "vinyl crackle tuesday";
const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
];

// Forty people of a radio shop, some of whom came back and bought; two rows that can't be read.
function events() {
  const rows = ["time,person,event,id,piece,channel,value,currency"];
  for (let person = 0; person < 40; person += 1) {
    rows.push(`2026-01-05T10:${String(person).padStart(2, "0")}:00Z,p${person},viewed,v${person},intro,newsletter,,`);
    if (person % 3 === 0) rows.push(`2026-01-09T10:00:00Z,p${person},viewed,w${person},guide,website,,`);
    if (person % 9 === 0) rows.push(`2026-01-20T10:00:00Z,p${person},purchased,b${person},,shop,12.50,EUR`);
  }
  rows.push("not a time,p1,viewed,x1,intro,newsletter,,", ",p2,viewed,x2,intro,newsletter,,");
  return `${rows.join("\n")}\n`;
}

async function serve(longplay, data) {
  const child = spawn(longplay, ["--data", data, "serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const found = line.match(/http:\/\/\S+/);
    if (found) return { child, url: found[0].replace(/\/$/, "") };
  }
  throw new Error("longplay serve named no address");
}

async function open(browser, options, address, own) {
  const context = await browser.newContext({ reducedMotion: "reduce", timezoneId: "Europe/Vienna", ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => request.url().startsWith(own) || complaints.push(`asks ${request.url()}`));
  await page.goto(address, { waitUntil: "load" });
  return { context, page, complaints };
}

export async function firstRun({ browser, longplay, outDir, axe, check }) {
  const folder = await mkdtemp(path.join(tmpdir(), "longplay-first-"));
  const file = path.join(folder, "shop.csv");
  await writeFile(file, events());
  const { child, url } = await serve(longplay, path.join(folder, "data"));
  const look = async (page, name) => {
    for (const { name: as, colorScheme, viewport } of LOOKS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      const found = await page.evaluate(async (source) => {
        (0, eval)(source);
        const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
        return violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)}`);
      }, axe);
      check(`${name}, ${as}: axe finds no violation`, found.length === 0, found.join("; "));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(`${name}, ${as}: nothing is wider than the window`, wide <= 0, `${wide} px too wide`);
      await page.screenshot({ path: path.join(outDir, `${name.replaceAll(" ", "-")}-${as}.png`), fullPage: true });
    }
    await page.setViewportSize(LOOKS[0].viewport);
  };
  const says = async (page) => page.locator("main").innerText();
  const press = async (page, name) => {
    await Promise.all([page.waitForEvent("framenavigated"), page.getByRole("button", { name, exact: true }).first().click()]);
    await page.waitForLoadState("load");
  };
  try {
    const { context, page, complaints } = await open(browser, LOOKS[0], `${url}/`, url);
    check("first run: home doesn't lead away by itself", new URL(page.url()).pathname === "/");
    await look(page, "empty home");
    await press(page, "Bring the made-up audience");
    check("demo: one button brings it", (await says(page)).includes("Demonstration audience, made up."));
    await look(page, "demo brought");
    await press(page, "Remove the demonstration");
    await page.goto(`${url}/`);
    check("demo: one button takes it away", (await says(page)).includes("Nobody is here yet"));
    await Promise.all([page.waitForURL("**/begin"), page.getByRole("link", { name: "Begin here" }).click()]);
    check("first run: the browser's zone is proposed", (await page.getByLabel("Time zone").inputValue()) === "Europe/Vienna");
    await look(page, "begin owner");
    await page.getByLabel("Your business").fill("Ada's radios");
    await page.getByLabel("Your name").fill("Ada");
    await page.getByLabel("A password").fill("short");
    await press(page, "Go on");
    check("first run: a short password is refused, and what was typed is kept", (await says(page)).includes("at least 12") && (await page.getByLabel("Your name").inputValue()) === "Ada");
    complaints.length = 0;
    await page.getByLabel("A password").fill(PASSWORD);
    await press(page, "Go on");
    check("first run: then whom they want", (await page.locator("h1").innerText()).includes("ideal audience"));
    await page.getByRole("button", { name: "Take it: whoever bought something" }).click();
    await page.waitForFunction(() => document.getElementById("rule-count").textContent.includes("rule"));
    await look(page, "begin audience");
    await press(page, "Go on");
    await look(page, "begin goals");
    await press(page, "Go on");
    await look(page, "begin data");
    await page.locator("input[type=file]").setInputFiles([file]);
    await Promise.all([page.waitForURL("**/begin/files/*"), page.getByRole("button", { name: "Look into them" }).click()]);
    await page.getByRole("button", { name: "Import", exact: true }).waitFor();
    const found = await says(page);
    check("first run: what was found is told before it is imported", found.includes("Import that?") && found.includes("refused"), found);
    await look(page, "begin files");
    await press(page, "Import");
    await page.getByText("are in.").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByText("Every refused row").click()]);
    check("first run: refused rows are taken along", (await download.path()) !== null);
    const sentence = await page.locator(".first").innerText();
    check("first run: the data says something", /\d/.test(sentence), sentence);
    await look(page, "begin done");
    await Promise.all([page.waitForURL(`${url}/`), page.getByRole("link", { name: "See what it says" }).click()]);
    const home = await says(page);
    check("first run: home tells it", !home.includes("Nobody is here yet"), home.slice(0, 200));
    await page.goto(`${url}/settings`);
    check("settings: the owner is greeted", (await page.locator("h1").innerText()).includes("You are Ada, owner."));
    await look(page, "settings");
    await page.locator("#rule").fill("did purchased");
    await page.getByText("Of 40 people").waitFor();
    check("settings: a rule is counted while it is typed", true);
    await page.locator("#key-name").fill("website");
    await Promise.all([page.waitForEvent("framenavigated"), page.locator("form[action='/settings/keys'] button").click()]);
    await page.waitForLoadState("load");
    check("settings: a key is shown once", /lp_[0-9a-f]{40}/.test(await says(page)));
    await page.goto(`${url}/settings/audit-log`);
    check("settings: the audit log tells it", (await says(page)).includes("key created"));
    await look(page, "audit log");
    await page.goto(`${url}/settings`);
    await page.locator("#codes-password").fill(PASSWORD);
    await press(page, "Ask for codes …");
    check("settings: one-time codes begin with a picture", (await page.locator("svg.qr").count()) === 1);
    await look(page, "codes");
    await sharedView({ browser, page, url, look, press, check });
    await realFiles({ page, url, look, press, check, says });
    await page.goto(`${url}/settings`);
    await press(page, "Log out here");
    check("login: logged out", new URL(page.url()).pathname === "/login");
    await page.goto(`${url}/pieces`);
    await look(page, "login");
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("Password").fill(PASSWORD);
    await press(page, "Log in");
    check("login: leads to where one wanted to go", new URL(page.url()).pathname === "/pieces", page.url());
    check("first run: the console is silent and no other host is asked", complaints.length === 0, complaints.join("; "));
    await context.close();
    await withoutScript({ browser, url, file, check, says });
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

// Files as Substack, Mailchimp and YouTube Studio gave them to somebody.
async function realFiles({ page, url, look, press, check, says }) {
  const samples = new URL("../../../intake/tests/samples/", import.meta.url);
  const bring = async (...names) => {
    await page.goto(`${url}/begin/data`);
    await page.locator("input[type=file]").setInputFiles(names.map((name) => fileURLToPath(new URL(name, samples))));
    await Promise.all([page.waitForURL("**/begin/files/*"), page.getByRole("button", { name: "Look into them" }).click()]);
    await page.getByRole("button", { name: "Import", exact: true }).waitFor();
    const found = await says(page);
    await press(page, "Import");
    await page.getByText("are in.").waitFor();
    return found;
  };
  const posts = await bring("substack_posts.csv");
  check("real files: Substack's posts are known", posts.includes("substack"), posts);
  check("real files: pieces alone are said to know nobody", (await says(page)).includes("not by whom"));
  await look(page, "begin pieces alone");
  const more = await bring("mailchimp_subscribed.csv", "mailchimp_unsubscribed.csv", "youtube_geography_table.csv", "youtube_geography_totals.csv");
  check("real files: Mailchimp's and YouTube's are known", more.includes("mailchimp audience") && more.includes("youtube studio"), more);
  check("real files: their people are in", /15 events.* are in/.test(await says(page)), await says(page));
  await look(page, "begin real files");
}

// A view is shared on the page itself; whoever has the link and its password sees it, and nothing leads further.
async function sharedView({ browser, page, url, look, press, check }) {
  await page.goto(`${url}/audience`);
  await page.locator(".share summary").click();
  await look(page, "share form");
  await page.getByLabel("For whom").fill("the board");
  await page.getByLabel("Password, if").fill("vinyl crackle");
  await press(page, "Make the link");
  const link = (await page.locator("pre code").innerText()).trim();
  check("share: the link is shown", link.startsWith(url) && /\/share\/[0-9a-f]{40}$/.test(link), link);
  await look(page, "share made");
  const stranger = await open(browser, LOOKS[0], link, url);
  await look(stranger.page, "share password");
  await stranger.page.getByLabel("Password").fill("vinyl crackle");
  await press(stranger.page, "Show it");
  check("share: the view is there", (await stranger.page.locator("h1").innerText()).includes("Audience"));
  const ways = await stranger.page.locator("main a, main form").count();
  check("share: nothing in it leads further", ways === 0, `${ways} links or forms`);
  await look(stranger.page, "share view");
  check("share: the console is silent and no other host is asked", stranger.complaints.length === 0, stranger.complaints.join("; "));
  await page.goto(`${url}/settings#shares`);
  await page.locator("form[action='/settings/shares/end'] button").click();
  await page.getByText("opens nothing any more").waitFor();
  const over = await stranger.page.goto(link);
  check("share: an ended link opens nothing", over.status() === 403);
  await stranger.context.close();
}

// Logging in, bringing a file and importing it, with script off.
async function withoutScript({ browser, url, file, check, says }) {
  const { context, page, complaints } = await open(browser, { ...LOOKS[0], javaScriptEnabled: false }, `${url}/begin/data`, url);
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/begin/data");
  await page.locator("input[type=file]").setInputFiles([file]);
  await page.getByRole("button", { name: "Look into them" }).click();
  await page.waitForURL("**/begin/files/*");
  for (let look = 0; look < 50 && (await page.getByText("Look again").count()) > 0; look += 1) {
    await page.waitForTimeout(100);
    await page.getByText("Look again").click();
    await page.waitForLoadState("load");
  }
  const found = await says(page);
  check("no script: a file is looked into", found.includes("Import that?"), found);
  check("no script: nothing is complained about", complaints.length === 0, complaints.join("; "));
  await context.close();
}
