import {
  ConnectionFailed,
  errorTable,
  isSendableCloseCode,
  LimitExceeded,
  maxCloseReasonBytes,
  ProtocolViolation,
  TautlineError,
  UsageError,
} from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { utf8 } from "./frame-bytes.ts";

describe("errors", () => {
  test("carry their code, its sentence, the detail, the close code and the cause", () => {
    const cause = new Error("below");
    const error = new LimitExceeded("LIMIT_FRAME_BYTES", "11 > 10", { cause });
    expect(error).toMatchObject({
      name: "LimitExceeded",
      code: "LIMIT_FRAME_BYTES",
      closeCode: 1009,
      message: `${errorTable.LIMIT_FRAME_BYTES.text}: 11 > 10`,
      cause,
    });
    expect(error).toBeInstanceOf(TautlineError);
    expect(error).toBeInstanceOf(Error);
  });

  test("say the table's sentence alone when there is no detail", () => {
    expect(new UsageError("USAGE_CLOSE_CODE").message).toBe(errorTable.USAGE_CLOSE_CODE.text);
    expect(new UsageError("USAGE_CLOSE_CODE").closeCode).toBeUndefined();
  });

  test("are named for who is at fault", () => {
    expect(new TautlineError("USAGE_OPTION").name).toBe("TautlineError");
    expect(new UsageError("USAGE_OPTION").name).toBe("UsageError");
    expect(new ProtocolViolation("PROTOCOL_CLOSE_CODE").name).toBe("ProtocolViolation");
    expect(new ConnectionFailed("CONNECTION_LOST").name).toBe("ConnectionFailed");
  });
});

describe("the table of errors", () => {
  test.each(Object.entries(errorTable))("%s has a text that a Close frame can carry", (_, row) => {
    expect(row.text).not.toBe("");
    expect(utf8(row.text).byteLength).toBeLessThanOrEqual(maxCloseReasonBytes);
  });

  test("gives only close codes that may be sent [RFC6455-7.4.1-1, RFC6455-7.4.1-2, RFC6455-7.4.1-4]", () => {
    const codes = Object.values(errorTable).flatMap((row) =>
      "closeCode" in row ? [row.closeCode] : [],
    );
    expect(codes.filter((code) => !isSendableCloseCode(code))).toEqual([]);
  });
});
