/**
 * The frame types of RFC 6455 §5.2 and §11.8.
 */
export const Opcode = Object.freeze({
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
});

/** The opcodes that start or continue a message, or control the connection. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Longest payload of a control frame (RFC 6455 §5.5). */
export const maxControlBytes = 125;

/** Control frames have the opcode's high bit set (RFC 6455 §5.5). */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/** Whether the RFC gives `opcode` a meaning; the others are reserved (§5.2). */
export function isKnownOpcode(opcode: number): opcode is Opcode {
  return opcode <= Opcode.binary || (opcode >= Opcode.close && opcode <= Opcode.pong);
}
