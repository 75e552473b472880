/**
 * What a load generator is told and what it answers: the interface of two programs, the C one in `generator/` and the
 * one in `load/`. Settings travel as `name=value` on the command line, the answer as one line of JSON.
 */

export interface LoadSettings {
  /**
   * echo: each connection sends and must get back what it sent. fanout: one more connection publishes, all receive.
   * connect: connections open, close and open anew. idle: connections open and stay.
   */
  readonly mode: "echo" | "fanout" | "connect" | "idle";
  readonly connections: number;
  /** echo: how many of the connections send. Default: all. */
  readonly active?: number;
  readonly bytes?: number;
  /** Messages in flight: per connection (echo) or in all (fanout). Default 1. */
  readonly depth?: number;
  /** Contents. `binary` is sent as binary, all others as text. */
  readonly kind?: "binary" | "ascii" | "utf8" | "json";
  /** What is offered: `fresh` without context takeover in either direction, `browser` what browsers offer. */
  readonly deflate?: "none" | "fresh" | "browser";
  /** What connections run over; loads that name it are the generator's on Node.js. Default: tcp. */
  readonly carrier?: "tcp" | "tls" | "h2" | "h2-tls";
  /** Messages per second over all connections. Default 0: as fast as `depth` allows. */
  readonly rate?: number;
  readonly seconds?: number;
  readonly warmup?: number;
  /** The warm-up goes on until the server has used so many seconds of CPU time, at most four times as long. */
  readonly warmCpu?: number;
  /** idle: how long connections stay before memory is read, in seconds. */
  readonly hold?: number;
  /** idle, connect: one message is echoed on each connection. */
  readonly touch?: 0 | 1;
  /** idle: the server is asked for a garbage collection before memory is read. */
  readonly collect?: 0 | 1;
  /** The server knows no protocol and echoes bytes. */
  readonly raw?: 0 | 1;
  /** Poll instead of sleeping, so that the server is not charged for waking the generator up. */
  readonly busy?: 0 | 1;
  /** Connect from so many addresses 127.0.0.x. */
  readonly sources?: number;
  readonly path?: string;
  readonly publisherPath?: string;
  /** fanout: the port that the publisher connects to, when it is another server's. */
  readonly publisherPort?: number;
  /** A text that each receiver sends first, and a part of the answer that makes it ready. */
  readonly hello?: string;
  readonly welcome?: string;
  /** With `hello`: the ping of the hub's protocol, `{}`, is answered. */
  readonly pong?: 0 | 1;
}

/** Where the server is, added to the settings of each run. */
export interface LoadTarget {
  readonly port: number;
  readonly pid: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** Messages, deliveries or connections in the time measured. */
  readonly count: number;
  readonly perSecond: number;
  /** CPU time of the server for each of them, user and system, in µs. */
  readonly serverCpuUs: number;
  /** User time's share of it. */
  readonly serverUserShare: number;
  /** The server's CPU time over the time measured: 1 is one core. */
  readonly serverUtilization: number;
  /** The share of the time in which the generator had something to do. */
  readonly generatorWork: number;
  /** CPU time of everybody else on the machine, in cores. */
  readonly othersCpu: number;
  /** CPU time that the machine's host gave to others, in cores. */
  readonly stolen: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly meanUs: number;
  readonly maxUs: number;
  readonly rssBeforeKib: number;
  readonly rssOpenKib: number;
  /** After the garbage collection, or -1. */
  readonly rssCollectedKib: number;
  /** Messages that were compared whole. */
  readonly checked: number;
  /** Messages that were not sent at a fixed rate, since too many waited already. */
  readonly behind: number;
  readonly failures: number;
  readonly stalled: boolean;
  /** Whether answers were missing at the end. */
  readonly lost: boolean;
  /** `Sec-WebSocket-Extensions` of the last answer. */
  readonly extension: string;
}

/** The command line for both programs. */
export function loadArguments(settings: LoadSettings & LoadTarget): string[] {
  return Object.entries(settings).map(([name, value]) => `${name}=${value}`);
}
