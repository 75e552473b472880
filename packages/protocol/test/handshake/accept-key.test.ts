import { createHash } from "node:crypto";
import { acceptHandshake, acceptKey, ClientHandshake } from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../seed.ts";
import { request, sampleAccept, sampleKey, text } from "./head-text.ts";
import { verdict } from "./outcomes.ts";
import { testPlatform } from "./test-platform.ts";

const platform = testPlatform();

/** `accepted` means: as the value of Sec-WebSocket-Key. RFC6455-4.2.1-6 */
const keys: readonly { name: string; key: string; accepted: boolean }[] = [
  { name: "the RFC's sample", key: sampleKey, accepted: true },
  { name: "16 zero bytes", key: "AAAAAAAAAAAAAAAAAAAAAA==", accepted: true },
  { name: "both symbols of base64", key: "+/+/+/+/+/+/+/+/+/+/+w==", accepted: true },
  { name: "spare bits that are not zero", key: "AAAAAAAAAAAAAAAAAAAAAB==", accepted: true },
  { name: "nothing", key: "", accepted: false },
  { name: "15 bytes", key: "AAAAAAAAAAAAAAAAAAAA", accepted: false },
  { name: "17 bytes", key: "AAAAAAAAAAAAAAAAAAAAAAA=", accepted: false },
  { name: "16 bytes without padding", key: "AAAAAAAAAAAAAAAAAAAAAA", accepted: false },
  { name: "18 bytes", key: "AAAAAAAAAAAAAAAAAAAAAAAA", accepted: false },
  { name: "padding inside", key: "AAAAAAAAAAAAAAAAAAAAA===", accepted: false },
  { name: "base64url", key: "-_-_AAAAAAAAAAAAAAAAAA==", accepted: false },
  { name: "a space inside", key: "AAAAAAAAAA AAAAAAAAAAA==", accepted: false },
  { name: "two keys in one header", key: `${sampleKey}, ${sampleKey}`, accepted: false },
  { name: "a letter outside ASCII", key: "AAAAAAAAAAAAAAAAAAAAA\u00e9==", accepted: false },
];

function keyOf(client: ClientHandshake): string | undefined {
  return /^Sec-WebSocket-Key: (.*)\r$/m.exec(text(client.request))?.[1];
}

describe("accept key", () => {
  test("answers the RFC's sample [RFC6455-4.2.2-14]", () => {
    expect(acceptKey(sampleKey, platform)).toBe(sampleAccept);
  });

  test("is base64 of SHA-1 of key and GUID for every key [RFC6455-4.2.2-14]", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (nonce) => {
        const key = Buffer.from(nonce).toString("base64");
        const expected = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
        expect(acceptKey(key, platform)).toBe(expected.digest("base64"));
      }),
    );
  });
});

describe("key of a client", () => {
  test("is base64 of 16 bytes of the secure source, fresh each time [RFC6455-4.1-24, RFC6455-4.1-25]", () => {
    const random = testPlatform();
    const sent = [1, 2].map(() =>
      keyOf(new ClientHandshake({ host: "localhost", platform: random })),
    );
    expect(sent).toEqual([
      Buffer.from(Array.from({ length: 16 }, (_, index) => index)).toString("base64"),
      Buffer.from(Array.from({ length: 16 }, (_, index) => index + 16)).toString("base64"),
    ]);
  });
});

describe("key at a server", () => {
  test.each(keys)("$name: accepted $accepted", ({ key, accepted }) => {
    const result = acceptHandshake(
      request({ headers: { "Sec-WebSocket-Key": key } }),
      {},
      platform,
    );
    expect(verdict(result)).toBe(accepted ? "accepted" : "400 HANDSHAKE_KEY");
  });
});
