/** What a person sees once the server listens: where everything is, and who may do what. */
import { localUrl } from "../../serve/addresses.ts";
import type { ServeOptions } from "../../serve/options.ts";
import { paths } from "../../serve/server.ts";
import type { RunningServer } from "../../workers/crew-server.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";
import type { ServeChoices } from "./options-from.ts";

/** Who says who is let in. */
type Gate = "tokens" | "backend";

export function banner(
  server: RunningServer,
  { stdout, env }: Pick<Terminal, "stdout" | "env">,
  choices: ServeChoices,
  options: ServeOptions,
): string {
  const style = styleFor(stdout, env);
  const [label, reach] = reachOf(server, gateOf(options));
  const rows = addresses(server, choices, options).map(([name, url]) => {
    const shown = url.startsWith("http") ? style.cyan(url) : url;
    return `  ${style.dim(name.padEnd(10))} ${shown}`;
  });
  return [
    style.bold("Tautline is running."),
    "",
    ...rows,
    "",
    `${style.yellow(label)} ${reach}`,
    style.dim("Ctrl-C stops."),
    "",
  ].join("\n");
}

function addresses(
  server: RunningServer,
  { page, demos, internalHost, internalPort, consoleToken, consoleTokenFile }: ServeChoices,
  options: ServeOptions,
): readonly (readonly [name: string, url: string])[] {
  const webSocketUrl = server.url.replace(/^http/u, "ws");
  // Whoever has chosen a token knows it, and may not want it here.
  const made = consoleToken === undefined && consoleTokenFile === undefined;
  const token = made ? options.consoleToken : undefined;
  const inside = internalPort === undefined ? undefined : server.internalPort;
  return [
    [page.value ? "Page" : "Server", server.url],
    ...server.networkUrls.map((url) => ["", url] as const),
    ...(token === undefined ? [] : [["Console", `${server.url}/#token=${token}`] as const]),
    ...(demos.value
      ? ([
          ["Echo", `${webSocketUrl}${paths.echo}`],
          ["Broadcast", `${webSocketUrl}${paths.broadcast}`],
        ] as const)
      : []),
    ["Hub", `${webSocketUrl}${paths.hub}`],
    ...(inside === undefined ? [] : [["Internal", localUrl(internalHost.value, inside)] as const]),
  ];
}

function gateOf({ tokens, backend }: ServeOptions): Gate | undefined {
  if (tokens !== undefined) return "tokens";
  return backend?.urls?.connect === undefined ? undefined : "backend";
}

/** Who may do what, as a label and a sentence. */
function reachOf(
  server: RunningServer,
  gate: Gate | undefined,
): readonly [label: string, text: string] {
  const here = server.networkUrls.length === 0;
  const reach = here ? "every program on this machine" : "everybody who reaches these addresses";
  if (gate === undefined) return ["Open:", `${reach} may connect, subscribe and publish.`];
  const [label, who] =
    gate === "tokens" ? ["Tokens:", "whoever has a good one"] : ["Backend:", "whom it lets in"];
  return server.open
    ? [label, `${who} may connect, subscribe and publish.`]
    : [label, `${who} may connect, and do what it allows.`];
}
