/** Requests of the emulation endpoint in Protobuf. */

import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { decodeEmulationRequest } from "@tautline/wire";

/** Bytes from hexadecimal digits; spaces are for the reader. */
const hex = (digits: string): Uint8Array =>
  new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));

describe("a request to a connection of Protobuf", () => {
  it.each([
    {
      name: "with everything",
      body: "0a 01 6e 12 01 73 1a 02 01 ff",
      request: { node: "n", session: "s", data: Uint8Array.of(1, 255) },
    },
    { name: "with nothing", body: "", request: { node: "", session: "" } },
    {
      name: "with a field that is not known",
      body: "12 01 73 20 07",
      request: { node: "", session: "s" },
    },
  ])("$name", ({ body, request }) => {
    expect(decodeEmulationRequest(hex(body))).toEqual(request);
  });

  it.each([
    { name: "half of one", body: "0a 05 6e" },
    { name: "a number where a text belongs", body: "08 01" },
    { name: "a text that is no UTF-8", body: "0a 01 ff" },
    { name: "JSON", body: "7b 7d" },
  ])("$name is none", ({ body }) => {
    expect(decodeEmulationRequest(hex(body))).toBeUndefined();
  });
});
