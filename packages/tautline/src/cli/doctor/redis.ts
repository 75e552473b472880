/** Whether a Redis can be reached, is new enough, and has the same time; and whom sentinels name. */
import type { ConnectionOptions } from "node:tls";

import type { NodeOptions, RedisPlace } from "@tautline/broker-redis";

import type { TalkPlace } from "./conversation.ts";
import { talk } from "./conversation.ts";
import type { Finding } from "./finding.ts";

/** What `@tautline/broker-redis` needs. */
const least = [6, 2] as const;

/** By how much clocks may differ: what the verifier of tokens allows. */
const clockSeconds = 5;

const defaultPort = 6379;

/** A Redis, and who we are there. */
export interface RedisSite extends TalkPlace {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Whether it is one of a cluster. */
  readonly isCluster?: boolean;
}

interface RedisFacts {
  readonly version: string;
  readonly seconds: number;
  /** What a cluster says of itself: `ok`, or `fail`. */
  readonly cluster: string | undefined;
}

/** The Redis that a place without sentinels has. */
export function redisSites({ redis, cluster }: RedisPlace): readonly RedisSite[] {
  if (cluster !== undefined) {
    return cluster.nodes.map((place) => ({
      ...siteAt(place, cluster.node),
      isCluster: true,
    }));
  }
  const url = new URL(redis?.url ?? "redis://localhost");
  return [
    {
      host: url.hostname.replace(/^\[|\]$/gu, ""),
      port: Number(url.port || defaultPort),
      ...(url.username !== "" && { username: decodeURIComponent(url.username) }),
      ...(url.password !== "" && { password: decodeURIComponent(url.password) }),
      ...(url.protocol === "rediss:" && { tls: {} }),
    },
  ];
}

/** A Redis that another one has named, and who we are there. */
export function siteAt(
  { host, port }: Pick<TalkPlace, "host" | "port">,
  { username, password, tls }: NodeOptions = {},
): RedisSite {
  const secure: ConnectionOptions | undefined = tls;
  return { host, port, username, password, tls: secure };
}

/** @throws the system's error, or an Error with the server's own */
export function askRedis(site: RedisSite, timeoutMs: number): Promise<RedisFacts> {
  const cluster = site.isCluster === true ? command("CLUSTER", "INFO") : "";
  return talk({
    place: site,
    timeoutMs,
    greeting: `${loginOf(site)}${command("INFO", "server")}${cluster}${command("TIME")}`,
    hear(heard) {
      throwRefusal(heard);
      const version = /^redis_version:(\S+)\r?$/mu.exec(heard)?.[1];
      const state = /^cluster_state:(\S+)\r?$/mu.exec(heard)?.[1];
      // TIME is answered last: an array of two, seconds and microseconds (RESP2).
      const seconds = /\*2\r\n\$\d+\r\n(\d+)\r\n\$\d+\r\n\d+\r\n$/u.exec(heard)?.[1];
      if (version === undefined || seconds === undefined) return undefined;
      return { result: { version, seconds: Number(seconds), cluster: state } };
    },
  });
}

/** Whom a sentinel names as the primary of that name. @throws as `askRedis`, and an Error when it names nobody */
export function askSentinel(
  sentinel: TalkPlace,
  primary: string,
  timeoutMs: number,
): Promise<Pick<TalkPlace, "host" | "port">> {
  return talk({
    place: sentinel,
    timeoutMs,
    greeting: command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary),
    hear(heard) {
      throwRefusal(heard);
      if (heard.startsWith("*-1\r\n")) throw new Error("it does not know the primary");
      const found = /^\*2\r\n\$\d+\r\n(\S+)\r\n\$\d+\r\n(\d+)\r\n$/u.exec(heard);
      if (found === null) return undefined;
      const [, host = "", port = ""] = found;
      return { result: { host, port: Number(port) } };
    },
  });
}

function throwRefusal(heard: string): void {
  const refused = /(?:^|\r\n)-([^\r\n]+)\r\n/u.exec(heard)?.[1];
  if (refused !== undefined) throw new Error(refused);
}

function loginOf({ username, password }: RedisSite): string {
  if (password === undefined) return "";
  return username === undefined ? command("AUTH", password) : command("AUTH", username, password);
}

/** RESP2: an array of bulk strings, which may hold anything. */
function command(...words: readonly string[]): string {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join("")}`;
}

export function judgeRedis(name: string, { version, cluster }: RedisFacts): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < least[0] || (major === least[0] && minor < least[1])) {
    const advice = `install Redis ${least.join(".")} or newer`;
    return { name, verdict: "change", found: version, advice };
  }
  if (cluster === undefined || cluster === "ok") return { name, verdict: "good", found: version };
  return {
    name,
    verdict: "change",
    found: `${version}, and the cluster says ${cluster}: some keys have no Redis`,
    advice: "see what is missing: redis-cli --cluster check",
  };
}

/** The clock of this machine beside those of all that were asked. */
export function judgeClock(all: readonly RedisFacts[], nowMs: number): Finding {
  const name = "clock";
  const apart = Math.max(...all.map(({ seconds }) => Math.round(Math.abs(nowMs / 1000 - seconds))));
  if (apart <= clockSeconds) return { name, verdict: "good", found: "the same as Redis'" };
  return {
    name,
    verdict: "change",
    found: `${apart} s apart from Redis'`,
    advice: "let all machines get their time from NTP: tokens and presence go by it",
  };
}
