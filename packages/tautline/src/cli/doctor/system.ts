/** What the limits of a system allow: files, ports, backlog. It judges numbers and does not know where they come from. */
import type { Finding } from "./finding.ts";

/** What the system says; what it does not say is absent. */
export interface SystemFacts {
  /** Files that this process may have open (`ulimit -n`). */
  readonly openFiles?: number | undefined;
  /** Files that all processes together may have open (`fs.file-max`). */
  readonly allFiles?: number | undefined;
  /** The ports from which connections go out (`net.ipv4.ip_local_port_range`). */
  readonly ports?: readonly [first: number, last: number] | undefined;
  /** Connections that may wait to be accepted (`net.core.somaxconn`). */
  readonly backlog?: number | undefined;
}

/** Files that the process has besides connections: modules, logs, brokers, the API. */
const otherFiles = 256;

/** What Node.js asks for when nobody says otherwise (`server.listen`, `backlog`). */
const nodeBacklog = 511;

export function judgeSystem(facts: SystemFacts, connections: number): readonly Finding[] {
  return [
    openFiles(facts, connections),
    allFiles(facts, connections),
    ports(facts, connections),
    backlog(facts),
  ];
}

function openFiles({ openFiles: limit }: SystemFacts, connections: number): Finding {
  const name = "open files of the process";
  if (limit === undefined) return unseen(name);
  const needed = connections + otherFiles;
  if (limit >= needed) return { name, verdict: "good", found: counted(limit) };
  return {
    name,
    verdict: "change",
    found: `${counted(limit)}, and ${connections} connections need ${needed}`,
    advice: `ulimit -n ${needed}; with systemd: LimitNOFILE=${needed}`,
  };
}

function allFiles({ allFiles: limit }: SystemFacts, connections: number): Finding {
  const name = "open files of the system";
  if (limit === undefined) return unseen(name);
  // Everybody else has files too, a proxy on this machine two for each connection.
  const needed = 4 * connections;
  if (limit >= needed) return { name, verdict: "good", found: counted(limit) };
  return {
    name,
    verdict: "change",
    found: counted(limit),
    advice: `sysctl -w fs.file-max=${needed}`,
  };
}

/** A proxy on this machine has one port of this range for each connection to one address of a server. */
function ports({ ports: range }: SystemFacts, connections: number): Finding {
  const name = "ports for a proxy on this machine";
  if (range === undefined) return unseen(name);
  const [first, last] = range;
  const count = last - first + 1;
  const found = `${first} to ${last}, ${count} connections to each address of a server`;
  if (count >= connections) return { name, verdict: "good", found };
  const servers = Math.ceil(connections / 64_000);
  return {
    name,
    verdict: servers > 1 ? "note" : "change",
    found,
    advice:
      servers > 1
        ? `where a proxy is on this machine, ${connections} connections need ${servers} servers behind it, on ports or addresses of their own`
        : 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
  };
}

function backlog({ backlog: limit }: SystemFacts): Finding {
  const name = "connections that may wait";
  if (limit === undefined) return unseen(name);
  if (limit >= nodeBacklog) return { name, verdict: "good", found: counted(limit) };
  return {
    name,
    verdict: "change",
    found: `${counted(limit)}: when everybody comes back at once, some are turned away`,
    advice: "sysctl -w net.core.somaxconn=4096",
  };
}

function counted(limit: number): string {
  return limit === Infinity ? "without limit" : String(limit);
}

function unseen(name: string): Finding {
  return { name, verdict: "note", found: "this system does not tell" };
}
