/**
 * Close codes (RFC 6455 §7.4 and the IANA registry behind §11.7), and the payload of a Close frame (§5.5.1).
 */

/** Codes that have a name. Those from 3000 are for libraries and applications (§7.4.2). */
export const CloseCode = Object.freeze({
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Never on the wire: no code was in the Close frame (§7.4.1). */
  noStatus: 1005,
  /** Never on the wire: there was no Close frame (§7.4.1). */
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  mandatoryExtension: 1010,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  badGateway: 1014,
  /** Never on the wire: the TLS handshake failed (§7.4.1). */
  tlsHandshake: 1015,
});

/** Longest reason of a Close frame in bytes of UTF-8: a control frame's 125 less the code (RFC 6455 §5.5). */
export const maxCloseReasonBytes = 123;

/** Whether `code` may stand in a Close frame (RFC 6455 §7.4.1, §7.4.2; 1012–1014 from the IANA registry). */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (
    (code >= 1000 && code <= 1003) ||
    (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999)
  );
}
