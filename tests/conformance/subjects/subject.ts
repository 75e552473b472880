/** Who is checked: a server that echoes at an address, or a client that echoes what a server sends. */

export interface ServerSubject {
  readonly name: string;
  readonly role: "server";
  /** Of HTTP; 1.1 where nothing else is said. */
  readonly version?: "2";
  /** Opens a port and echoes; `stop` ends it. */
  start(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
}

export interface ClientSubject {
  readonly name: string;
  readonly role: "client";
  /** Of HTTP; 1.1 where nothing else is said. */
  readonly version?: "2";
  /** Connects, echoes, and resolves when the connection is over. */
  echoAt(url: string): Promise<unknown>;
}

export type Subject = ServerSubject | ClientSubject;
