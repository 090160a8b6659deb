// The vendors' own SDKs against a running `longplay serve`: `node run.mjs LONGPLAY PYTHON [CASE…]`. Each case gets a fresh
// data directory. What it sent is recorded on the way, compared with what `longplay export events` holds, and then sent
// again twice, in reverse, which must change nothing. Prints one line a check and closes with `N passed, M failed`.
import { cases } from "./cases.mjs";
import { Workspace } from "./workspace.mjs";

const [longplay, python, ...wanted] = process.argv.slice(2);
if (!longplay || !python) {
  console.error("usage: node run.mjs LONGPLAY PYTHON [CASE…]");
  process.exit(2);
}
const tally = { passed: 0, failed: 0 };

function check(name, holds, detail) {
  tally[holds ? "passed" : "failed"] += 1;
  console.log(`${holds ? "ok  " : "FAIL"} ${name}${holds ? "" : `\n     ${detail}`}`);
}

function same(name, found, expected) {
  const [left, right] = [found, expected].map((value) => JSON.stringify(value, null, 1));
  check(name, left === right, `found    ${left}\n     expected ${right}`);
}

// `event piece value currency source`, what is missing left out, in order of the alphabet.
function short(rows) {
  const cell = (value) => (value === undefined || value === null ? [] : [String(value)]);
  return rows
    .map((row) => [row.event, ...cell(row.piece), ...cell(row.value), ...cell(row.currency), ...cell(row.source)].join(" "))
    .sort();
}

for (const [name, one] of Object.entries(cases)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const workspace = await Workspace.start(longplay);
  try {
    await one.send({ url: workspace.url, key: workspace.key, python });
    const rows = await workspace.settled(one.expect.length);
    same(`${name}: exactly what was sent`, short(rows), [...one.expect].sort());
    const recent = await workspace.recent();
    same(`${name}: nothing refused or turned away`, [recent.refused, recent.turned_away], [{}, {}]);
    same(`${name}: what is marked`, recent.marked, one.marked ?? 0);
    const bad = workspace.recorded.filter((request) => request.status >= 400);
    same(`${name}: every request was answered well`, bad.map((request) => `${request.status} ${request.path}`), []);
    await workspace.replay(2);
    same(`${name}: sent again twice and in reverse, the same`, short(await workspace.events()), short(rows));
  } catch (error) {
    check(name, false, error.stack ?? String(error));
  } finally {
    await workspace.stop();
  }
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
