import { CloseCode, isSendableCloseCode } from "@tautline/protocol";
import { describe, expect, test } from "vitest";

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe("isSendableCloseCode", () => {
  test("allows what the RFC and the registry define, and nothing else [RFC6455-5.5.1-1]", () => {
    const sendable: number[] = [];
    for (let code = -1; code <= 70_000; code++) if (isSendableCloseCode(code)) sendable.push(code);
    expect(sendable).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
  });

  test.each([1000.5, Number.NaN, Infinity, -1000])("refuses %d", (code) => {
    expect(isSendableCloseCode(code)).toBe(false);
  });

  test("refuses the codes that are for reports only [RFC6455-7.4.1-1, RFC6455-7.4.1-2, RFC6455-7.4.1-4]", () => {
    const { noStatus, abnormal, tlsHandshake, ...named } = CloseCode;
    expect([noStatus, abnormal, tlsHandshake].some(isSendableCloseCode)).toBe(false);
    expect(Object.values(named).every(isSendableCloseCode)).toBe(true);
  });
});
