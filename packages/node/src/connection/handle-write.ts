/**
 * One write to a handle, and whether the system has taken all of it: nearly always it has, and then nothing was made for it.
 *
 * Up to Node.js 24 a write is given a request, which the system works on only when it has not taken all at once; so the same
 * request serves one write after the other until that happens. From Node.js 26 on the handle makes one when it needs one.
 */
import type {
  HandleInternals,
  HandleRequest,
  RequestOwner,
  StreamHandle,
} from "./handle-internals.ts";

/** A request that the system has never worked on. */
let spare: HandleRequest | undefined;

function onWritten(this: HandleRequest, status: number): void {
  const { owner } = this;
  this.owner = undefined;
  this.held = undefined;
  owner?.wrote(status);
}

function onShutDown(this: HandleRequest, status: number): void {
  const { owner } = this;
  this.owner = undefined;
  owner?.shutDown(status);
}

/** What came of a write that is not under way: 0, or a negative number of an error. */
type WriteOutcome = number | "pending";

/** A write whose request was lost in the system: what could not be sent is known, why is not. */
const lostWrite = -1;

/**
 * Writes `chunks` in order. Where it says "pending", {@link RequestOwner.wrote} follows, and their memory must not change
 * before that.
 */
export function writeToHandle(
  handle: StreamHandle,
  chunks: readonly Uint8Array[],
  { owner, internals }: { readonly owner: RequestOwner; readonly internals: HandleInternals },
): WriteOutcome {
  const { WriteRequest } = internals;
  const request = WriteRequest === undefined ? null : (spare ??= new WriteRequest());
  const first = chunks[0];
  const result =
    chunks.length === 1 && first !== undefined
      ? handle.writeBuffer(request, first)
      : handle.writev(request, chunks, true);
  if (result === 0) {
    if (request === null || request.getAsyncId() < 0) return 0;
    spare = undefined;
    return pendingOn(request, owner, chunks);
  }
  spare = undefined;
  if (typeof result === "number") return result;
  if (!isRequest(result)) return lostWrite;
  if (typeof result.writeStatus === "number") return result.writeStatus;
  return result.getAsyncId() < 0 ? lostWrite : pendingOn(result, owner, chunks);
}

function pendingOn(
  request: HandleRequest,
  owner: RequestOwner,
  chunks: readonly Uint8Array[],
): WriteOutcome {
  request.oncomplete = onWritten;
  request.owner = owner;
  request.held = chunks;
  return "pending";
}

function isRequest(result: unknown): result is HandleRequest {
  return typeof result === "object" && result !== null && "getAsyncId" in result;
}

/** Ends the writing, behind what is being written. {@link RequestOwner.shutDown} follows, in some cases within the call. */
export function shutDownHandle(
  handle: StreamHandle,
  { owner, internals }: { readonly owner: RequestOwner; readonly internals: HandleInternals },
): void {
  const request = new internals.ShutdownRequest();
  request.oncomplete = onShutDown;
  request.owner = owner;
  const result = handle.shutdown(request);
  if (result === 0) return;
  // 1: at once. A negative number: there is nothing left that could be ended.
  request.owner = undefined;
  owner.shutDown(result === 1 ? 0 : result);
}
