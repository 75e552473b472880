/**
 * The packages of brokers, loaded when they are asked for. They stand apart from what is declared to users, whose compilers would
 * read the types of every engine's client for it.
 */

const loadDisk = () => import("@tautline/broker-disk");
const loadNats = () => import("@tautline/broker-nats");
const loadRedis = () => import("@tautline/broker-redis");

/** @throws Error as a rejection that says what to install, when the package is not there; so do the others */
export const diskDoor = () => loaded(loadDisk, "A data directory", "@tautline/broker-disk");

export const natsDoor = () => loaded(loadNats, "A broker over NATS", "@tautline/broker-nats");

export const redisDoor = () => loaded(loadRedis, "A broker over Redis", "@tautline/broker-redis");

async function loaded<Door>(load: () => Promise<Door>, what: string, name: string): Promise<Door> {
  try {
    return await load();
  } catch (cause) {
    throw new Error(`${what} needs the package ${name}. Run: npm install ${name}`, { cause });
  }
}
