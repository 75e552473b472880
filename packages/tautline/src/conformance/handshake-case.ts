/** What every case about an opening handshake has, whichever side it is for. */

export interface HandshakeCase {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  /** The requirements it rests on. */
  readonly rfc: readonly string[];
  /** Sections of other specifications, as in "RFC 7230 §5.4". */
  readonly rules?: readonly string[];
  /** Peers may do otherwise: then it is a notice. Default "must". */
  readonly weight?: "must" | "should";
}
