/** Whether a Redis can be reached, is new enough, and has the same time. */
import { talk } from "./conversation.ts";
import type { Finding } from "./finding.ts";

/** What `@tautline/broker-redis` needs. */
const least = [6, 2] as const;

/** By how much clocks may differ: what the verifier of tokens allows. */
const clockSeconds = 5;

interface RedisFacts {
  readonly version: string;
  readonly seconds: number;
}

/** @throws the system's error, or an Error with the server's own */
export function askRedis(url: URL, timeoutMs: number): Promise<RedisFacts> {
  const login = loginOf(url);
  const greeting = `${login}${command("INFO", "server")}${command("TIME")}`;
  return talk({
    url,
    tls: url.protocol === "rediss:",
    defaultPort: 6379,
    timeoutMs,
    greeting,
    hear(heard) {
      const refused = /(?:^|\r\n)-([^\r\n]+)\r\n/u.exec(heard)?.[1];
      if (refused !== undefined) throw new Error(refused);
      const version = /^redis_version:(\S+)\r?$/mu.exec(heard)?.[1];
      // TIME is answered after INFO: an array of two, seconds and microseconds (RESP2).
      const seconds = /\*2\r\n\$\d+\r\n(\d+)\r\n\$\d+\r\n\d+\r\n$/u.exec(heard)?.[1];
      if (version === undefined || seconds === undefined) return undefined;
      return { result: { version, seconds: Number(seconds) } };
    },
  });
}

function loginOf({ username, password }: URL): string {
  if (password === "") return "";
  const secret = decodeURIComponent(password);
  return username === ""
    ? command("AUTH", secret)
    : command("AUTH", decodeURIComponent(username), secret);
}

/** RESP2: an array of bulk strings, which may hold anything. */
function command(...words: readonly string[]): string {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join("")}`;
}

export function judgeRedis({ version, seconds }: RedisFacts, nowMs: number): readonly Finding[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = major < least[0] || (major === least[0] && minor < least[1]);
  const apart = Math.round(Math.abs(nowMs / 1000 - seconds));
  return [
    old
      ? {
          name: "Redis",
          verdict: "change",
          found: version,
          advice: `install Redis ${least.join(".")} or newer`,
        }
      : { name: "Redis", verdict: "good", found: version },
    apart > clockSeconds
      ? {
          name: "clock",
          verdict: "change",
          found: `${apart} s apart from Redis'`,
          advice: "let both machines get their time from NTP: tokens and presence go by it",
        }
      : { name: "clock", verdict: "good", found: "the same as Redis'" },
  ];
}
