/** Whose tokens are taken: keys, issuer and audience. One interface and one object with the defaults. */

/** One authority that signs tokens. At least one of `hmacSecrets`, `publicKeys` and `jwksUrl` has to be there. */
export interface TokenOptions {
  /**
   * Secrets of which one has to have signed a token with HS256, HS384 or HS512. More than one while they are being changed. At
   * least 32 bytes each (RFC 7518 §3.2); text counts in UTF-8.
   */
  readonly hmacSecrets?: readonly (string | Uint8Array)[] | undefined;
  /**
   * Public keys in PEM, for RS256, RS384, RS512 (RSA, from 2048 bits), ES256, ES384, ES512 (the curve decides) and EdDSA
   * (Ed25519). A key is used with the algorithms of its kind alone.
   */
  readonly publicKeys?: readonly string[] | undefined;
  /** Where the authority publishes its public keys, as a JSON Web Key Set (RFC 7517 §5). `https:`, or on this machine. */
  readonly jwksUrl?: string | URL | undefined;
  /** Takes keys over `http:` from other machines: whoever is in between can sign tokens. Default: false. */
  readonly dangerouslyFetchKeysOverHttp?: boolean | undefined;
  /** What `iss` has to be. With several authorities it tells which of them a token is from. Default: anything. */
  readonly issuer?: string | undefined;
  /** What `aud` has to be or to have. Default: anything. */
  readonly audience?: string | undefined;
  /** How far clocks may differ, in milliseconds, when `exp` and `nbf` are looked at. Default: 5,000. */
  readonly clockToleranceMs?: number | undefined;
}

/** What holds when nothing is said. */
export const tokenDefaults = Object.freeze({
  clockToleranceMs: 5_000,
  dangerouslyFetchKeysOverHttp: false,
});
