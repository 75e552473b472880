/**
 * The platform of the handshake's tests: real hashing, and random bytes that count up so that whole heads can be compared.
 */
import type { Platform } from "@tautline/protocol";
import { deterministicPlatform } from "../deterministic-platform.ts";

export function testPlatform(firstByte = 0): Platform {
  let next = firstByte;
  return {
    ...deterministicPlatform(),
    fillRandom(target) {
      for (let index = 0; index < target.length; index += 1) {
        target[index] = next;
        next = (next + 1) & 0xff;
      }
    },
  };
}
