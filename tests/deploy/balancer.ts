/** Load balancers of a test's own, run with the files of deploy/: only addresses and paths are put in the place of theirs. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished } from "vitest";

import type { Place } from "./loopback.ts";
import { freePlace, isTaken } from "./loopback.ts";

export type BalancerName = "nginx" | "haproxy" | "caddy";

export interface Balancer extends Place {
  /** As in `https://127.0.0.1:1234`. */
  readonly url: string;
}

interface Setting {
  /** A folder of the balancer's own. */
  readonly folder: string;
  readonly at: Place;
  /** Three of them, as `host:port`. */
  readonly nodes: readonly string[];
}

/** How a balancer is run: the arguments, after its files were written. */
type Recipe = (setting: Setting) => readonly string[];

const root = new URL("../../", import.meta.url);
const certificate = new URL("packages/node/test/fixtures/localhost-cert.pem", root).pathname;
const key = new URL("packages/node/test/fixtures/localhost-key.pem", root).pathname;

/** The text of a file of deploy/. */
export function deployFile(path: string): string {
  return readFileSync(new URL(`deploy/${path}`, root), "utf8");
}

/** @throws Error for what is not in the text: then the test would not use the file */
function put(text: string, replacements: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [old, next] of Object.entries(replacements)) {
    if (!result.includes(old)) throw new Error(`There is no '${old}' in the file`);
    result = result.replaceAll(old, next);
  }
  return result;
}

function inPlaceOfNodes(nodes: readonly string[]): Record<string, string> {
  return Object.fromEntries(nodes.map((node, index) => [`10.0.0.1${index + 1}:8080`, node]));
}

function write(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const recipes: Readonly<Record<BalancerName, Recipe>> = {
  nginx({ folder, at, nodes }) {
    write(
      folder,
      "tautline.conf",
      put(deployFile("nginx/tautline.conf"), {
        ...inPlaceOfNodes(nodes),
        "listen 443": `listen ${at.host}:${at.port}`,
        "/etc/nginx/realtime.example.com.crt": certificate,
        "/etc/nginx/realtime.example.com.key": key,
        "/var/log/nginx/": `${folder}/`,
      }),
    );
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const main = write(
      folder,
      "nginx.conf",
      [
        "daemon off; master_process off;",
        `pid ${folder}/nginx.pid; error_log ${folder}/error.log;`,
        "events { worker_connections 1024; }",
        "http {",
        ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
        `include ${folder}/tautline.conf;`,
        "}",
      ].join("\n"),
    );
    return ["-p", folder, "-c", main, "-e", join(folder, "error.log")];
  },
  haproxy({ folder, at, nodes }) {
    const pem = write(
      folder,
      "both.pem",
      readFileSync(certificate, "utf8") + readFileSync(key, "utf8"),
    );
    const main = write(
      folder,
      "haproxy.cfg",
      put(deployFile("haproxy/haproxy.cfg"), {
        ...inPlaceOfNodes(nodes),
        "bind :443": `bind ${at.host}:${at.port}`,
        "/etc/haproxy/realtime.example.com.pem": pem,
        "maxconn 100000": "maxconn 1000",
      }),
    );
    return ["-db", "-f", main];
  },
  caddy({ folder, at, nodes }) {
    const text = put(deployFile("caddy/Caddyfile"), {
      ...inPlaceOfNodes(nodes),
      "realtime.example.com {": `https://:${at.port} {\n\tbind ${at.host}\n\ttls ${certificate} ${key}`,
    });
    // Who asks for an address instead of a name says no name at all.
    const global = "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_sni localhost\n}\n";
    return ["run", "--adapter", "caddyfile", "--config", write(folder, "Caddyfile", global + text)];
  },
};

function program(name: BalancerName): string {
  return process.env[`${name.toUpperCase()}_PATH`] ?? name;
}

/** Starts a balancer before three nodes; it ends with the test. */
export async function startBalancer(
  name: BalancerName,
  nodes: readonly string[],
): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), `tautline-${name}-`));
  const at = await freePlace();
  const args = recipes[name]({ folder, at, nodes });
  const { PATH = "" } = process.env;
  const env = { PATH: `${PATH}:/usr/sbin:/sbin`, HOME: folder };
  const child = spawn(program(name), args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
  onTestFinished(async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", () => {
      reject(new Error(`${name} could not be run. Run: sudo apt-get install ${name}`));
    });
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}:\n${said}`)));
  });
  failed.catch(() => undefined);
  await Promise.race([untilTaken(at), failed]);
  return { ...at, url: `https://${at.host}:${at.port}` };
}

async function untilTaken(at: Place): Promise<void> {
  await expect.poll(() => isTaken(at), { timeout: 15_000, interval: 20 }).toBe(true);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
