/** What is not measured but chosen: the machines, how full they may be, and what the systems around them allow. */

export const assumptions = {
  /** Of a machine; each core runs one process of `tautline serve --workers`. */
  coresPerMachine: 8,
  memoryGiB: 32,
  networkGbit: 10,
  /** Parts of a core, of memory and of the network that are planned for; the rest is for peaks. */
  cpuShare: 0.5,
  memoryShare: 0.7,
  networkShare: 0.5,
  /** Of the one core that Redis runs commands on, and of the cores of a NATS server. */
  engineShare: 0.6,
  natsCores: 4,
  /** Memory of a process before anybody comes. */
  processMiB: 80,
  /** Seconds between pings of the hub: its default. */
  pingSeconds: 25,
  /** How long a connection lasts: clients come and go. */
  connectionSeconds: 3600,
  /** Bytes around a message: Ethernet, IPv4 and TCP with timestamps (14 + 20 + 32), and a record of TLS 1.3 (22). */
  packetBytes: 66,
  tlsBytes: 22,
  /** Open files of a process: systemd's hard limit, to which Node.js raises the soft one. */
  hardFiles: 524_288,
  /** Files of a process besides its clients'. */
  ownFiles: 200,
  /** Ports that Linux gives out to one address towards another: 32,768 to 60,999. */
  proxyPorts: 28_232,
  /** `maxclients` of Redis. */
  redisClients: 10_000,
  /** Seconds that a process takes to be replaced: told to stop, its clients sent away, the next one up. */
  graceSeconds: 5,
  spreadSeconds: 30,
  startSeconds: 5,
  /** Processes replaced at a time: this part of all, and one at least. */
  deployShare: 0.05,
} as const;
