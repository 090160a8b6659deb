// The pages of people in a real browser: every page in each view, one person from the list to their timeline, what is written
// down and taken away again, and the list of whom to talk to; all without script too.
import path from "node:path";

export const PLACES = ["/audience", "/people", "/outcomes", "/durability", "/plan", "/talk", "/audit"];

export async function peoplePages(browser, { home, outDir, views, open, check, axe }) {
  const first = await open(browser, {}, new URL("/people", home).href);
  const person = await first.page.locator("#people-list-table tbody a").first().getAttribute("href");
  await first.context.close();
  for (const address of [...PLACES, person]) {
    const place = address === person ? "person" : address.slice(1);
    for (const { name, ...options } of views) {
      const { context, page, complaints, strangers, response } = await open(browser, options, new URL(address, home).href);
      const has = (text) => `${place}, ${name}: ${text}`;
      check(has("it opens"), response.status() === 200, `${response.status()}`);
      await page.waitForFunction(() => Array.from(document.querySelectorAll("[data-chart]")).every((e) => e.querySelector("canvas")));
      const violations = await page.evaluate(async (source) => {
        (0, eval)(source);
        const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
        return violations.map((found) => `${found.id} (${found.nodes.length}): ${found.nodes[0].html.slice(0, 160)}`);
      }, axe);
      check(has("axe finds no violation"), violations.length === 0, violations.join("; "));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(has("nothing is wider than the window"), wide <= 0, `${wide} px too wide`);
      check(has("the console is silent and no other host is asked"), complaints.length + strangers.length === 0, [...complaints, ...strangers].join("; "));
      await page.screenshot({ path: path.join(outDir, `${place}-${name}.png`), fullPage: true });
      await context.close();
    }
  }
}

// From the list to somebody, a note and a tag kept and taken away again, somebody off today's list: by forms alone.
export async function peopleByForms(browser, { home, open, check }) {
  const { context, page, complaints } = await open(browser, { javaScriptEnabled: false }, new URL("/people?order=days", home).href);
  const press = async (locator) => {
    await Promise.all([page.waitForEvent("framenavigated"), locator.click()]);
    await page.waitForLoadState("load");
  };
  await press(page.locator("#people-list-table tbody a").first());
  const address = page.url();
  check("people: an address names nobody", /\/people\/person\?id=[0-9a-f]{16}$/.test(address), address);
  check("people: the timeline is there", (await page.locator(".past li").count()) > 0);
  await page.locator("#note").fill("remembers the first record");
  await press(page.getByRole("button", { name: "Keep it" }));
  check("people: a note is kept", (await page.locator("main").innerText()).includes("remembers the first record"));
  await press(page.getByRole("button", { name: /^Take away: Note/ }));
  check("people: and taken away again", !(await page.locator("main").innerText()).includes("remembers the first record"));
  await page.locator("#tag").fill("collector");
  await press(page.getByRole("button", { name: "Tag", exact: true }));
  check("people: a tag is on", (await page.locator(".tags").innerText()).includes("collector"));
  await press(page.getByRole("button", { name: "Take off the tag collector" }));
  await press(page.getByRole("button", { name: "Erase them …" }));
  check("people: asked once more before anything is erased", (await page.locator("main").innerText()).includes("can't be undone"));
  await press(page.getByRole("link", { name: "No, go back" }));
  await page.goto(new URL("/people", home).href);
  await page.locator("#q").fill("nobody-of-that-name");
  await press(page.getByRole("button", { name: "Search" }));
  check("people: a search stands in no address", !page.url().includes("nobody-of-that-name"), page.url());
  check("people: and says that it found nobody", (await page.locator("h1").innerText()).includes("Nobody is known by a name"));
  await page.goto(new URL("/talk", home).href);
  const cards = page.locator(".to-talk > li");
  const before = await cards.count();
  if (before > 0) {
    await press(page.getByRole("button", { name: /^Done: / }).first());
    check("talk: who is dealt with is off the list, and it is said", page.url().includes("noted=") && (await page.getByRole("status").count()) === 1);
  }
  check("people: the console is silent", complaints.length === 0, complaints.join("; "));
  await context.close();
}
