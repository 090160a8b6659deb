// A fresh data directory with a key, served, behind a recorder that passes every request on as it came.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const SETTLE_MS = 700;
const PATIENCE_MS = 20_000;

export class Workspace {
  static async start(longplay) {
    const workspace = new Workspace();
    workspace.longplay = longplay;
    workspace.folder = await mkdtemp(path.join(os.tmpdir(), "longplay-sdk-"));
    workspace.key = (await workspace.call("key", "create", "--name", "sdk")).trim();
    workspace.child = spawn(longplay, ["--data", workspace.folder, "serve", "--listen", "127.0.0.1:0"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    // An SDK that throws where nobody can catch it ends this run; the server must not outlive it.
    process.on("exit", () => workspace.child.kill("SIGKILL"));
    const [line] = await once(workspace.child.stdout, "data");
    workspace.server = new URL(String(line).match(/http:\/\/\S+/)[0]);
    workspace.recorded = [];
    workspace.recorder = http.createServer((request, response) => workspace.pass(request, response));
    workspace.recorder.listen(0, "127.0.0.1");
    await once(workspace.recorder, "listening");
    workspace.url = `http://127.0.0.1:${workspace.recorder.address().port}`;
    return workspace;
  }

  async call(...words) {
    const { stdout } = await run(this.longplay, ["--data", this.folder, ...words], { maxBuffer: 1 << 26 });
    return stdout;
  }

  async pass(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url: path, headers } = request;
    const record = { method, path, headers, body: Buffer.concat(chunks) };
    const answer = await this.send(record);
    record.status = answer.status;
    if (method !== "OPTIONS") this.recorded.push(record);
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  send({ method, path, headers, body }) {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.server;
      const plain = { ...headers, host: this.server.host, "content-length": body.length };
      delete plain["transfer-encoding"];
      const request = http.request({ hostname, port, method, path, headers: plain }, async (answer) => {
        const chunks = [];
        for await (const chunk of answer) chunks.push(chunk);
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) });
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  async events() {
    const lines = (await this.call("export", "events", "--format", "jsonl")).split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  // The events once there are that many and no more come.
  async settled(count) {
    const start = Date.now();
    let rows = [];
    while (Date.now() - start < PATIENCE_MS) {
      rows = await this.events();
      if (rows.length >= count) {
        await sleep(SETTLE_MS);
        return this.events();
      }
      await sleep(100);
    }
    return rows;
  }

  async recent() {
    return (await fetch(new URL("/api/v1/collect/recent", this.server))).json();
  }

  async replay(times) {
    for (let time = 0; time < times; time += 1) {
      for (const request of this.recorded.slice().reverse()) await this.send(request);
    }
  }

  async stop() {
    this.recorder.closeAllConnections();
    this.recorder.close();
    this.child.kill("SIGTERM");
    if (this.child.exitCode === null) await once(this.child, "exit");
    await rm(this.folder, { recursive: true, force: true });
  }
}
