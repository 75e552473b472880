/** How the server is at one moment, as it tells the dashboard once a second. */
export interface LabelledCount {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export interface NodeFigures {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly clients: number;
  readonly channels: number;
  readonly subscriptions: number;
  readonly uptimeMs: number;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

export interface Snapshot {
  readonly type: "snapshot";
  /** By the server's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly node: string;
  readonly hub: {
    readonly connections: number;
    readonly clients: number;
    readonly users: number;
    readonly channels: number;
    readonly subscriptions: number;
    readonly uptimeMs: number;
  };
  readonly queues: { readonly bytes: number; readonly longest: number; readonly slow: number };
  /** What was counted so far, by the names that Prometheus has for it. */
  readonly counters: Readonly<Record<string, readonly LabelledCount[]>>;
  readonly process: {
    readonly cpuMs: number;
    readonly rss: number;
    readonly heapUsed: number;
    readonly loop: { readonly p50: number; readonly p99: number; readonly max: number };
  };
  readonly broker: {
    readonly name: string;
    readonly remote: boolean;
    readonly well?: boolean;
    readonly answerMs?: number;
  };
  readonly nodes: readonly NodeFigures[];
}

/** The message as a snapshot; `undefined` when it is none. The server is ours, so its fields are taken as they are. */
export function readSnapshot(data: unknown): Snapshot | undefined {
  try {
    const value: unknown = JSON.parse(String(data));
    if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
    return value.type === "snapshot" ? (value as Snapshot) : undefined;
  } catch {
    return undefined;
  }
}
