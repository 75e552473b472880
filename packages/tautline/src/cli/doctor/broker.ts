/** The broker that a server is to have: whether it is there, and fit. */
import type { Finding } from "./finding.ts";
import { askNats, judgeNats } from "./nats.ts";
import { askRedis, judgeRedis } from "./redis.ts";

export interface BrokerLook {
  readonly address: string | undefined;
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}

export async function lookAtBroker({
  address,
  timeoutMs,
  nowMs,
}: BrokerLook): Promise<readonly Finding[]> {
  const clock: Finding = {
    name: "clock",
    verdict: "note",
    found: `${new Date(nowMs()).toISOString()}, with nothing to compare it with`,
  };
  if (address === undefined) return [clock];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const kind = /^(redis|nats)/u.exec(url?.protocol ?? "")?.[1];
  if (url === undefined || kind === undefined) {
    const advice = "--broker takes an address such as redis://localhost:6379";
    return [{ name: "broker", verdict: "change", found: "its address is none", advice }, clock];
  }
  try {
    if (kind === "nats") return [...judgeNats(await askNats(url, timeoutMs)), clock];
    return judgeRedis(await askRedis(url, timeoutMs), nowMs());
  } catch (error) {
    return [unreachable(url, kind, error), clock];
  }
}

/** The address is told without the user and the password in it. */
function unreachable(url: URL, kind: string, error: unknown): Finding {
  const text = error instanceof Error ? error.message : String(error);
  return {
    name: kind === "nats" ? "NATS" : "Redis",
    verdict: "change",
    found: `${url.protocol}//${url.host} cannot be used: ${text}`,
    advice: "see that it runs, that this machine reaches it, and that user and password are right",
  };
}
