/** Every metric by its name, with what it says: the only place where they are named. Seconds and counts, as Prometheus has them. */

export interface MetricSpec {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels?: readonly string[];
}

/** Seconds, from what memory takes to what nobody waits for. */
export const durationBuckets: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

export const metricTable = {
  tautline_connections: {
    kind: "gauge",
    help: "Connections of the hub, those that have not said who they are included.",
  },
  tautline_clients: { kind: "gauge", help: "Connected clients." },
  tautline_users: { kind: "gauge", help: "Users with at least one client." },
  tautline_channels: { kind: "gauge", help: "Channels with at least one subscriber on this node." },
  tautline_subscriptions: { kind: "gauge", help: "Subscriptions of clients." },
  tautline_connections_opened_total: {
    kind: "counter",
    help: "Connections handed to the hub.",
    labels: ["transport"],
  },
  tautline_connections_closed_total: {
    kind: "counter",
    help: "Connections that ended, by disconnect code; what is no known code is `other`.",
    labels: ["transport", "code"],
  },
  tautline_commands_total: {
    kind: "counter",
    help: "Commands of clients that were carried out, by the code of their error or disconnect; 0 for none.",
    labels: ["method", "code"],
  },
  tautline_command_duration_seconds: {
    kind: "histogram",
    help: "How long commands took, hooks and broker included.",
    labels: ["method"],
  },
  tautline_publications_total: {
    kind: "counter",
    help: "Publications that the broker has accepted from this node.",
    labels: ["publisher"],
  },
  tautline_publications_received_total: {
    kind: "counter",
    help: "Publications that came from the broker for subscribers on this node.",
  },
  tautline_deliveries_total: {
    kind: "counter",
    help: "Publications times the subscribers on this node that they went to.",
  },
  tautline_recoveries_total: {
    kind: "counter",
    help: "Subscriptions that asked for what was missed, by whether all of it was there.",
    labels: ["complete"],
  },
  tautline_limits_reached_total: {
    kind: "counter",
    help: "Times that a client has reached a limit.",
    labels: ["limit"],
  },
  tautline_tokens_refused_total: {
    kind: "counter",
    help: "Tokens that were refused.",
    labels: ["kind", "fault"],
  },
  tautline_api_calls_total: {
    kind: "counter",
    help: "Calls of the HTTP API's methods, by the code of their error; 0 for none.",
    labels: ["method", "code"],
  },
  tautline_api_call_duration_seconds: {
    kind: "histogram",
    help: "How long they took.",
    labels: ["method"],
  },
  tautline_api_refusals_total: {
    kind: "counter",
    help: "Requests to the HTTP API that came to no call, by status.",
    labels: ["status"],
  },
  tautline_hooks_total: {
    kind: "counter",
    help: "Hooks that a backend was asked over HTTP, by whether it has answered.",
    labels: ["hook", "answered"],
  },
  tautline_hook_duration_seconds: {
    kind: "histogram",
    help: "How long the backend took, attempts and waiting included.",
    labels: ["hook"],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof metricTable;
