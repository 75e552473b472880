/** The broker that a server is to have: whether it is there, and fit. It is found as the server finds it. */
import type { RedisPlace, SentinelOptions } from "@tautline/broker-redis";

import { engineOf } from "../../serve/broker-choice.ts";
import { natsDoor, redisDoor } from "../../serve/broker-doors.ts";
import type { TalkPlace } from "./conversation.ts";
import type { Finding } from "./finding.ts";
import { askNats, judgeNats, natsPlaces } from "./nats.ts";
import type { RedisSite } from "./redis.ts";
import { askRedis, askSentinel, judgeClock, judgeRedis, redisSites, siteAt } from "./redis.ts";

export interface BrokerLook {
  readonly address: string | undefined;
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}

export async function lookAtBroker(look: BrokerLook): Promise<readonly Finding[]> {
  const { address, nowMs } = look;
  const clock: Finding = {
    name: "clock",
    verdict: "note",
    found: `${new Date(nowMs()).toISOString()}, with nothing to compare it with`,
  };
  if (address === undefined) return [clock];
  try {
    const engine = engineOf(address);
    if (engine === "redis") return await lookAtRedis(address, look, clock);
    if (engine === "nats") return [...(await lookAtNats(address, look)), clock];
  } catch (error) {
    // A package that is not there: its error says what to install.
    if (!(error instanceof RangeError)) return [unfit(error), clock];
  }
  const advice =
    "--broker takes an address such as redis://localhost:6379 or nats://localhost:4222";
  return [{ name: "broker", verdict: "change", found: "its address is none", advice }, clock];
}

async function lookAtNats(address: string, { timeoutMs }: BrokerLook): Promise<readonly Finding[]> {
  const options = (await natsDoor()).natsAddress(address);
  const scheme = options.tls === undefined ? "nats" : "tls";
  const asked = await askAll(natsPlaces(options), (place) => askNats(place, options, timeoutMs));
  return asked.map(({ place, answer, ...outcome }) => {
    const name = nameOf("NATS", place, asked.length);
    return answer === undefined
      ? unreachable(name, `${scheme}://${shown(place)}`, outcome)
      : judgeNats(name, answer);
  });
}

async function lookAtRedis(
  address: string,
  look: BrokerLook,
  clock: Finding,
): Promise<readonly Finding[]> {
  const place: RedisPlace = (await redisDoor()).redisAddress(address);
  const { sentinel } = place;
  if (sentinel === undefined) return lookAtSites(redisSites(place), look, clock);
  const { findings, primary } = await lookAtSentinels(sentinel, look);
  if (primary === undefined) return [...findings, clock];
  return [...findings, ...(await lookAtSites([primary], look, clock))];
}

/** The first sentinel that answers is believed, as the broker does. */
async function lookAtSentinels(
  { sentinels, primary: name, node }: SentinelOptions,
  { timeoutMs }: BrokerLook,
): Promise<{ readonly findings: readonly Finding[]; readonly primary: RedisSite | undefined }> {
  const asked = await askAll(sentinels, (place) => askSentinel(place, name, timeoutMs));
  const findings = asked.map(({ place, answer, ...outcome }): Finding => {
    const sentinel = `sentinel ${shown(place)}`;
    return answer === undefined
      ? unreachable(sentinel, shown(place), outcome)
      : { name: sentinel, verdict: "good", found: `${name} is at ${shown(answer)}` };
  });
  const first = asked.find(({ answer }) => answer !== undefined)?.answer;
  return { findings, primary: first && siteAt(first, node) };
}

async function lookAtSites(
  sites: readonly RedisSite[],
  { timeoutMs, nowMs }: BrokerLook,
  clock: Finding,
): Promise<readonly Finding[]> {
  const asked = await askAll(sites, (site) => askRedis(site, timeoutMs));
  const findings = asked.map(({ place, answer, ...outcome }) => {
    const name = nameOf("Redis", place, sites.length);
    const scheme = place.tls === undefined ? "redis" : "rediss";
    return answer === undefined
      ? unreachable(name, `${scheme}://${shown(place)}`, outcome)
      : judgeRedis(name, answer);
  });
  const facts = asked.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  return [...findings, facts.length === 0 ? clock : judgeClock(facts, nowMs())];
}

/** What came of asking a server. */
interface Asked<Place, Answer> {
  readonly place: Place;
  readonly answer: Answer | undefined;
  /** Why there is no answer. */
  readonly error: unknown;
  /** Whether another one of them has answered. */
  readonly isSpare: boolean;
}

async function askAll<Place, Answer>(
  places: readonly Place[],
  ask: (place: Place) => Promise<Answer>,
): Promise<readonly Asked<Place, Answer>[]> {
  const attempts = await Promise.all(
    places.map(async (place) => {
      try {
        return { place, answer: await ask(place), error: undefined };
      } catch (error) {
        return { place, answer: undefined, error };
      }
    }),
  );
  const isSpare = attempts.some(({ answer }) => answer !== undefined);
  return attempts.map((attempt) => ({ ...attempt, isSpare }));
}

/** Places are told without the user and the password of the address. */
function unreachable(
  name: string,
  place: string,
  { error, isSpare }: Pick<Asked<TalkPlace, unknown>, "error" | "isSpare">,
): Finding {
  return {
    name,
    verdict: isSpare ? "note" : "change",
    found: `${place} cannot be used: ${textOf(error)}`,
    advice: "see that it runs, that this machine reaches it, and that user and password are right",
  };
}

function unfit(error: unknown): Finding {
  return { name: "broker", verdict: "change", found: textOf(error) };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nameOf(engine: string, place: TalkPlace, count: number): string {
  return count === 1 ? engine : `${engine} ${shown(place)}`;
}

function shown({ host, port }: Pick<TalkPlace, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
