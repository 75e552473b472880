/**
 * A binary message in the form that `binaryType` asks for.
 */
import { Blob } from "node:buffer";
import type { BinaryType } from "./constants.ts";
import { toArrayBuffer } from "./payload.ts";

export function formed(data: Buffer, type: BinaryType): Buffer | ArrayBuffer | Buffer[] | Blob {
  switch (type) {
    case "arraybuffer":
      return toArrayBuffer(data);
    case "fragments":
      return data.byteLength === 0 ? [] : [data];
    case "blob":
      return new Blob([data]);
    case "nodebuffer":
    default:
      return data;
  }
}
