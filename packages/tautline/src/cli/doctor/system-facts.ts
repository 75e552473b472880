/** Asks this system for its limits. What it does not have, or does not tell, is left out. */
import { readFile } from "node:fs/promises";

import type { SystemFacts } from "./system.ts";

export async function systemFacts(): Promise<SystemFacts> {
  const [allFiles] = await numbersIn("/proc/sys/fs/file-max");
  const [backlog] = await numbersIn("/proc/sys/net/core/somaxconn");
  const [first, last] = await numbersIn("/proc/sys/net/ipv4/ip_local_port_range");
  const ports = first === undefined || last === undefined ? undefined : ([first, last] as const);
  return { openFiles: await openFiles(), allFiles, ports, backlog };
}

/** Node.js raises its own limit as far as it may, so what holds for it is what it has. */
async function openFiles(): Promise<number | undefined> {
  const text = await textOf("/proc/self/limits");
  const limit = /^Max open files\s+(\S+)/mu.exec(text)?.[1];
  if (limit === "unlimited") return Infinity;
  return limit === undefined ? undefined : Number(limit);
}

async function numbersIn(file: string): Promise<readonly number[]> {
  return ((await textOf(file)).match(/\d+/gu) ?? []).map(Number);
}

async function textOf(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
