/** What to do when a port cannot be had, by the error of the system and the flag that named the port. */
import { serveDefaults } from "../../serve/options.ts";
import type { ServeChoices } from "./options-from.ts";

/** A place to listen, and its flags. */
interface Place {
  readonly port: number;
  readonly host: string;
  readonly flag: string;
  readonly hostFlag: string;
}

/** Nothing when the error is about something else. */
export function adviceFor(error: unknown, choices: ServeChoices): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { port, host, flag, hostFlag } = placeOf(error, choices);
  const other = port < 1024 || port > 65_000 ? serveDefaults.port : port + 1;
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} is taken. Stop the program that has it, or choose another: ${flag} ${other}`;
    case "EACCES":
      return `port ${port} needs more rights than this user has. Choose another: ${flag} ${other}`;
    case "EADDRNOTAVAIL":
      return `${host} is no address of this machine. For all of its addresses: ${hostFlag} 0.0.0.0`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `there is no host named ${host}. For all addresses of this machine: ${hostFlag} 0.0.0.0`;
    default:
      return undefined;
  }
}

/** Which of the two places the error is about. Node.js tells the port it wanted, or the name that it has looked up. */
function placeOf(error: Error, choices: ServeChoices): Place {
  const main = {
    port: choices.port.value,
    host: choices.host.value,
    flag: "--port",
    hostFlag: "--host",
  };
  if (choices.internalPort === undefined) return main;
  const internal = {
    port: choices.internalPort.value,
    host: choices.internalHost.value,
    flag: "--internal-port",
    hostFlag: "--internal-host",
  };
  if ("hostname" in error) return error.hostname === internal.host ? internal : main;
  const port = "port" in error ? error.port : undefined;
  if (internal.port !== main.port) return port === internal.port ? internal : main;
  const address = "address" in error ? error.address : undefined;
  return address === internal.host && internal.host !== main.host ? internal : main;
}
