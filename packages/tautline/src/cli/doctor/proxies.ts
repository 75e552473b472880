/**
 * Whether pings come often enough for the proxies that a connection may pass: each of them closes one on which nothing has
 * moved for some time. The times are the defaults in the documentation of each, in seconds.
 */
import type { Finding } from "./finding.ts";

interface Proxy {
  readonly name: string;
  readonly idleSeconds: number;
  readonly setting: string;
  readonly source: string;
}

export const proxies: readonly Proxy[] = [
  {
    name: "nginx",
    idleSeconds: 60,
    setting: "proxy_read_timeout",
    source: "https://nginx.org/en/docs/http/websocket.html",
  },
  {
    name: "AWS Application Load Balancer",
    idleSeconds: 60,
    setting: "idle_timeout.timeout_seconds",
    source:
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
  },
  {
    name: "HAProxy, as Debian sets it up",
    idleSeconds: 50,
    setting: "timeout tunnel, else timeout client and timeout server",
    source: "https://docs.haproxy.org/3.0/configuration.html#4.2-timeout%20tunnel",
  },
  {
    // 120 by now, and 100 until some time ago.
    name: "Cloudflare",
    idleSeconds: 100,
    setting: "Proxy Read Timeout",
    source: "https://developers.cloudflare.com/fundamentals/reference/connection-limits/",
  },
  {
    name: "Azure Load Balancer",
    idleSeconds: 240,
    setting: "idle timeout",
    source: "https://learn.microsoft.com/en-us/azure/load-balancer/load-balancer-tcp-reset",
  },
];

/** A ping may be late by so much: two machines, a network, and a turn of the event loop. */
const marginSeconds = 5;

export function judgePings(pingSeconds: number): readonly Finding[] {
  return proxies.map(({ name: proxy, idleSeconds, setting, source }) => {
    const name = `pings through ${proxy}`;
    const found = `every ${pingSeconds} s, where ${idleSeconds} s of silence end a connection`;
    if (pingSeconds > 0 && pingSeconds + marginSeconds <= idleSeconds) {
      return { name, verdict: "good", found, source };
    }
    const advice = `--ping-seconds of at most ${idleSeconds - marginSeconds} for tautline serve, or more for ${setting}`;
    return { name, verdict: "change", found, advice, source };
  });
}
