/** The tables of cases are whole and well-formed, and the comparison of results sees what it should. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { rfc6455 } from "../requirements/rfc6455.ts";
import { rfc7692 } from "../requirements/rfc7692.ts";
import {
  casesAt,
  full,
  quick,
  sectionTitles,
} from "../../packages/tautline/src/conformance/cases/cases.ts";
import { CaseServer } from "../../packages/tautline/src/conformance/case-server.ts";
import { openAsClient } from "../../packages/tautline/src/conformance/handshake.ts";
import {
  FrameDecoder,
  FrameViolation,
} from "../../packages/tautline/src/conformance/frame-codec.ts";
import { MessageDeflate } from "../../packages/tautline/src/conformance/message-deflate.ts";
import { strict, worseThan } from "./results.ts";

const cases = casesAt(full);

test("there is each case once, in the order of the sections", () => {
  const ids = cases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...new Set(cases.map(({ section }) => section))]).toEqual([...sectionTitles.keys()]);
  expect(cases).toHaveLength(517);
  expect(casesAt(quick).map(({ id }) => id)).toEqual(ids);
});

test("each case rests on requirements that are listed", () => {
  const known = new Set([...rfc6455, ...rfc7692].map(({ id }) => id));
  const wrong = cases.filter(({ rfc }) => rfc.length === 0 || !rfc.every((id) => known.has(id)));
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test("a worse result is told from a better, a new and an accepted one", () => {
  const failed = { behaviour: "FAILED", ending: "OK" } as const;
  const wrongCode = { behaviour: "OK", ending: "WRONG CODE" } as const;
  const before = { "1": ["OK", "OK"], "2": ["FAILED", "OK"], "3": ["OK", "OK"] };
  expect(worseThan(before, { "1": strict, "2": strict, "3": strict, "4": strict }, [])).toEqual([]);
  expect(
    worseThan(before, { "1": failed, "2": failed, "3": wrongCode, "4": wrongCode }, []),
  ).toEqual([
    "1 is FAILED, OK; it was OK, OK",
    "3 is OK, WRONG CODE; it was OK, OK",
    "4 is OK, WRONG CODE; it was nothing",
  ]);
  const departure = { subject: "", cases: ["1"], verdict: failed, reason: "" };
  expect(worseThan(before, { "1": failed }, [departure])).toEqual([]);
});

test("a peer that looks further back than its window allows is noticed", () => {
  const direction = { takeover: true, windowBits: 15 };
  const small = { takeover: true, windowBits: 9 };
  const far = randomBytes(1000);
  const message = Buffer.concat([far, far]);
  const sent = new MessageDeflate({ tester: direction, peer: small }).compress(message);
  const honest = new MessageDeflate({ tester: small, peer: small });
  expect(new MessageDeflate({ tester: small, peer: direction }).inflate(sent)).toEqual(message);
  expect(honest.inflate(honest.compress(message))).toEqual(message);
  expect(() => honest.inflate(sent)).toThrow(FrameViolation);
});

test("a client can ask how many cases there are, as it would ask Autobahn's fuzzing server", async () => {
  const server = new CaseServer({ cases });
  const url = await server.listen();
  const { socket, head } = await openAsClient(`${url}/getCaseCount`, 10_000);
  const decoder = new FrameDecoder("client");
  const payloads = [...decoder.read(head.rest)].map(({ payload }) => payload.toString());
  socket.resume();
  while (payloads.length === 0) {
    const chunk = await new Promise<Buffer>((resolve) => {
      socket.once("data", resolve);
    });
    payloads.push(...[...decoder.read(chunk)].map(({ payload }) => payload.toString()));
  }
  expect(payloads[0]).toBe("517");
  await server.close();
});
