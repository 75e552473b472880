/** Whether a NATS server can be reached, lets us in, and has JetStream. */
import { talk } from "./conversation.ts";
import type { Finding } from "./finding.ts";

interface NatsFacts {
  readonly version: string;
  readonly jetStream: boolean;
}

/** @throws the system's error, or an Error with the server's own */
export function askNats(url: URL, timeoutMs: number): Promise<NatsFacts> {
  let facts: NatsFacts | undefined;
  return talk({
    url,
    tls: false,
    defaultPort: 4222,
    timeoutMs,
    greeting: "",
    hear(heard) {
      const refused = /-ERR '([^'\r\n]*)'/u.exec(heard)?.[1];
      if (refused !== undefined) throw new Error(refused);
      if (facts !== undefined) return heard.includes("PONG\r\n") ? { result: facts } : undefined;
      const info = /^INFO (\{.*\}) ?\r\n/u.exec(heard)?.[1];
      if (info === undefined) return undefined;
      const said: unknown = JSON.parse(info);
      facts = factsIn(said);
      return { say: `CONNECT ${JSON.stringify(loginOf(url))}\r\nPING\r\n` };
    },
  });
}

function factsIn(info: unknown): NatsFacts {
  if (typeof info !== "object" || info === null) throw new Error("it does not say what it is");
  const version = "version" in info ? String(info.version) : "unknown";
  return { version, jetStream: "jetstream" in info && info.jetstream === true };
}

function loginOf({ username, password }: URL): object {
  const terms = { verbose: false, pedantic: false, lang: "tautline doctor" };
  if (username === "") return terms;
  const user = decodeURIComponent(username);
  return password === ""
    ? { ...terms, auth_token: user }
    : { ...terms, user, pass: decodeURIComponent(password) };
}

export function judgeNats({ version, jetStream }: NatsFacts): readonly Finding[] {
  if (jetStream) return [{ name: "NATS", verdict: "good", found: `${version}, with JetStream` }];
  return [
    {
      name: "NATS",
      verdict: "note",
      found: `${version}, without JetStream: no history, no recovery, no presence`,
      advice: "start it with -js, if channels need those",
    },
  ];
}
