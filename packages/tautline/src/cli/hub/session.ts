/** What the commands that speak with a hub have in common: their settings, and the way in. */
import { choose } from "../settings/choose.ts";
import { flagsOf } from "../settings/flags.ts";
import type { Sources } from "../settings/choose.ts";
import { ApiDoor } from "./api-door.ts";
import { ClientDoor, connectedClient } from "./client-door.ts";
import type { HubDoor } from "./hub-door.ts";
import { apiSettings, clientSettings, clientToken, givenApiKey, hubUrl } from "./hub-settings.ts";

const bothSettings = { ...clientSettings, ...apiSettings };

/** The flags of commands that go either way. */
export const hubFlags = flagsOf(bothSettings);

/** By the HTTP API if there is a key for it, else as a client. */
async function openDoor(sources: Sources): Promise<HubDoor> {
  const choices = choose(bothSettings, sources);
  const key = await givenApiKey(choices);
  if (key !== undefined) return new ApiDoor(choices.apiUrl.value, key);
  return new ClientDoor(await connectedClient(hubUrl(choices), await clientToken(choices)));
}

/** Does the work with a door, and closes it. */
export async function withDoor(
  sources: Sources,
  work: (door: HubDoor) => Promise<void>,
): Promise<void> {
  const door = await openDoor(sources);
  try {
    await work(door);
  } finally {
    await door.close();
  }
}
