/** Everything that `tautline serve` can be told, in the order of its help. */
import { serveDefaults } from "../../serve/options.ts";
import { apiKeySettings } from "../api-keys.ts";
import { backendSettings } from "../backend-choice.ts";
import { consoleSettings } from "../console-access.ts";
import { drainSettings } from "../drain-options.ts";
import { historySettings } from "../history-options.ts";
import { logSettings } from "../log/log-settings.ts";
import type { SettingTable } from "../settings/setting.ts";
import { pingSettings } from "../ping-options.ts";
import { tokenKeySettings } from "../token-keys.ts";
import { workerSettings } from "../worker-count.ts";

const anyPort = { kind: "whole", least: 0, most: 65_535, value: "port" } as const;

export const serveSettings = {
  port: {
    ...anyPort,
    short: "p",
    variable: "PORT",
    default: serveDefaults.port,
    text: "listen on this port; 0 takes a free one",
  },
  host: {
    kind: "text",
    value: "address",
    default: serveDefaults.host,
    text: "listen on this address; 127.0.0.1 is this machine only, 0.0.0.0 all",
  },
  page: { kind: "switch", default: serveDefaults.page, text: "serve the page at /" },
  ...consoleSettings,
  demos: { kind: "switch", default: serveDefaults.demos, text: "serve /echo and /broadcast" },
  allowedOrigin: {
    kind: "list",
    value: "origin",
    otherwise: "the server's own host",
    text: "let pages of this origin connect, as in https://example.com; 'any' for all",
  },
  ...tokenKeySettings,
  open: {
    kind: "switch",
    text: "with tokens or a connect hook: whoever is let in may use every channel",
  },
  ...historySettings,
  ...apiKeySettings,
  internalPort: {
    ...anyPort,
    text: "have the API, metrics and health on a port of their own",
  },
  internalHost: {
    kind: "text",
    value: "address",
    default: serveDefaults.internalHost,
    text: "listen on this address for --internal-port",
  },
  metrics: {
    kind: "switch",
    otherwise: "with --internal-port",
    text: "keep metrics for Prometheus, at /metrics",
  },
  ...backendSettings,
  ...pingSettings,
  ...drainSettings,
  ...logSettings,
  ...workerSettings,
} as const satisfies SettingTable;
