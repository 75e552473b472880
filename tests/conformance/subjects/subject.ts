/** Who is checked: a server that echoes at an address, or a client that echoes what a server sends. */

export interface ServerSubject {
  readonly name: string;
  readonly role: "server";
  /** Opens a port and echoes; `stop` ends it. */
  start(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
}

export interface ClientSubject {
  readonly name: string;
  readonly role: "client";
  /** Connects, echoes, and resolves when the connection is over. */
  echoAt(url: string): Promise<unknown>;
}

export type Subject = ServerSubject | ClientSubject;
