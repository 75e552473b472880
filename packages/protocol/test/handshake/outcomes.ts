/**
 * What a test expects a result to be; anything else ends the test with the result in the message.
 */
import type {
  ClientHandshakeResult,
  HandshakeFailed,
  HandshakeOpened,
  HandshakeResult,
  HeadResult,
} from "@tautline/protocol";

function unexpected(wanted: string, result: object): Error {
  return new Error(`not ${wanted}: ${JSON.stringify(result)}`);
}

export function complete<Head>(
  result: HeadResult<Head>,
): Extract<HeadResult<Head>, { state: "complete" }> {
  if (result.state !== "complete") {
    throw unexpected("complete", result);
  }
  return result;
}

export function failedHead<Head>(
  result: HeadResult<Head>,
): Extract<HeadResult<Head>, { state: "failed" }> {
  if (result.state !== "failed") {
    throw unexpected("failed", result);
  }
  return result;
}

export function opened(result: ClientHandshakeResult): HandshakeOpened {
  if (result.state !== "opened") {
    throw unexpected("opened", result);
  }
  return result;
}

export function failed(result: ClientHandshakeResult): HandshakeFailed {
  if (result.state !== "failed") {
    throw unexpected("failed", result);
  }
  return result;
}

export function accepted(result: HandshakeResult): Extract<HandshakeResult, { accepted: true }> {
  if (!result.accepted) {
    throw unexpected("accepted", result);
  }
  return result;
}

/** "accepted", or status and code of the refusal. */
export function verdict(result: HandshakeResult): string {
  return result.accepted ? "accepted" : `${result.response.status} ${result.error.code}`;
}
