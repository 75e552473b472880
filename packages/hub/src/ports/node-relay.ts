/**
 * The line between the nodes of one service. A client whose transport needs several requests may have them answered by
 * any node: whichever gets one asks the node that has the client's connection. A request and its answer are texts,
 * opaque to the relay, so that any engine with messages and replies can carry them; without one, a single node asks
 * itself. A request is no longer than a body that the node takes; an answer may be as long as what a client may owe.
 */

export interface NodeRelay {
  /**
   * Called once for each node, before anything else: from now on what others ask `node` is given to `answer`, which
   * does not reject.
   */
  start(node: string, answer: (request: string) => Promise<string>): Promise<void>;
  /** Takes the node off the line. */
  stop(node: string): Promise<void>;
  /**
   * Asks a node. Resolves with `undefined` when there is no node of that name, whoever made the name up, or none that
   * answers within `timeoutMs`.
   */
  ask(node: string, request: string, timeoutMs: number): Promise<string | undefined>;
}
