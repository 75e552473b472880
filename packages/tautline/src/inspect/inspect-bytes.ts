/** Tells what kind of file it is by its first bytes, and has it read. */
import { isUtf8 } from "node:buffer";
import { Capture } from "./capture.ts";
import { Dialogue } from "./dialogue.ts";
import { MalformedFile } from "./finding.ts";
import type { Report, Side } from "./finding.ts";
import { readHar } from "./har.ts";
import { readHexDump } from "./hex-dump.ts";
import { asksForWebSocket, cutHead, handshakeOf } from "./http-head.ts";
import { isPcap, isPcapng, readPcap, readPcapng } from "./pcap.ts";

/**
 * @param report told of each finding, in the order of the file; what was found before an error has been told
 * @throws MalformedFile
 */
export function inspectBytes(file: Buffer, report: Report): void {
  if (file.byteLength === 0) throw new MalformedFile("it is empty");
  if (isPcap(file) || isPcapng(file)) return inspectCapture(file, report);
  if (!isUtf8(file)) {
    throw new MalformedFile(
      "it is neither pcap, pcapng, HAR nor a hex dump. Bytes can be dumped first: xxd file | tautline inspect -",
    );
  }
  const text = file.toString().replace(/^\uFEFF/, "");
  if (/^\s*[{[]/.test(text)) return readHar(text, report);
  return inspectOneDirection(readHexDump(text), report);
}

function inspectCapture(file: Buffer, report: Report): void {
  const capture = new Capture(report);
  try {
    for (const packet of isPcap(file) ? readPcap(file) : readPcapng(file)) capture.add(packet);
  } finally {
    capture.end();
  }
}

/** Bytes that one side sent: frames, or a handshake and frames. */
function inspectOneDirection(bytes: Buffer, report: Report): void {
  if (bytes.byteLength === 0) throw new MalformedFile("it has no bytes in it");
  const isHttp = /^(?:GET |HTTP\/1\.)/.test(bytes.toString("latin1", 0, 7));
  const cut = isHttp ? cutHead(bytes) : undefined;
  if (isHttp && cut === undefined) throw new MalformedFile("the HTTP head does not end");
  const frames = cut?.rest ?? bytes;
  const isRequest = cut !== undefined && asksForWebSocket(cut.head) && bytes[0] === 0x47;
  const isMasked = ((frames[1] ?? 0) & 0x80) !== 0;
  const from: Side =
    cut === undefined ? (isMasked ? "client" : "server") : isRequest ? "client" : "server";
  const dialogue = new Dialogue({
    connection: 1,
    report,
    onFound: () =>
      report({ kind: "connection", connection: 1, client: "client", server: "server" }),
  });
  dialogue.begin();
  if (cut !== undefined) {
    const response = isRequest ? undefined : cut.head;
    report(handshakeOf(1, isRequest ? cut.head : undefined, response));
  }
  dialogue.add(from, frames, undefined);
  dialogue.end();
}
