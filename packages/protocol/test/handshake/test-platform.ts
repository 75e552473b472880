/**
 * The platform of the handshake's tests: real hashing, and randomness that repeats so that whole heads can be compared.
 */
import { createHash } from "node:crypto";
import type { Platform } from "@tautline/protocol";

function untouched(): never {
  throw new Error("the handshake has no business here");
}

/** What the handshake needs of a platform; the rest must not be touched before there are messages. */
export function testPlatform(firstByte = 0): Platform {
  let next = firstByte;
  return {
    sha1: (input) => new Uint8Array(createHash("sha1").update(input).digest()),
    fillRandom(target) {
      for (let index = 0; index < target.length; index += 1) {
        target[index] = next;
        next = (next + 1) & 0xff;
      }
    },
    random: untouched,
    allocate: untouched,
    decodeUtf8: untouched,
    textByteLength: untouched,
    encodeText: untouched,
  };
}
