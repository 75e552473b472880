/**
 * Where tokens become claims. It asks the verifier, turns a refusal into the protocol's answer for the command at hand,
 * and says in log and meter what was wrong. Without a verifier there are no claims: then hooks see the token as it is.
 */

import type { Disconnect, ReplyError } from "@tautline/wire";
import { disconnects, replyErrors } from "@tautline/wire";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type {
  ConnectionClaims,
  SubscriptionClaims,
  TokenFault,
  TokenVerdict,
  TokenVerifier,
} from "../ports/token-verifier.ts";
import { refuse } from "../refusal.ts";

/** What the client hears of each fault. */
type Answers = Readonly<Record<TokenFault, ReplyError | Disconnect>>;

/** On connecting, and on subscribing: who hears that a token has expired comes back with another one. */
const connecting: Answers = {
  expired: replyErrors.tokenExpired,
  invalid: disconnects.invalidToken,
};
const subscribing: Answers = {
  expired: replyErrors.tokenExpired,
  invalid: replyErrors.permissionDenied,
};

/** While connected and subscribed: the token that was to prolong does not. */
const refreshing: Answers = { expired: disconnects.expired, invalid: disconnects.invalidToken };
const refreshingSubscription: Answers = {
  expired: replyErrors.expired,
  invalid: disconnects.invalidToken,
};

/** The client that a token has to be for. */
interface Holder {
  readonly id: string;
  readonly user: string;
}

type Kind = "connection" | "subscription";

export class TokenGate {
  readonly #verifier: TokenVerifier | undefined;
  readonly #logger: Logger;
  readonly #meter: Meter;

  constructor(
    verifier: TokenVerifier | undefined,
    { logger, meter }: { readonly logger: Logger; readonly meter: Meter },
  ) {
    this.#verifier = verifier;
    this.#logger = logger;
    this.#meter = meter;
  }

  /** Whether tokens are verified here. */
  get verifies(): boolean {
    return this.#verifier !== undefined;
  }

  /**
   * The claims of the token with which a client connects.
   *
   * @throws Refusal; or whatever the verifier rejects with
   */
  async connect(token: string, client: string): Promise<ConnectionClaims> {
    const verdict = await this.#required().connection(token);
    return this.#claims(verdict, connecting, { kind: "connection", client });
  }

  /** The claims of the token with which a client refreshes its connection. @throws as `connect` does */
  async refresh(token: string, { id, user }: Holder): Promise<ConnectionClaims> {
    const verdict = await this.#required().connection(token);
    const claims = this.#claims(verdict, refreshing, { kind: "connection", client: id });
    if (claims.user === user) return claims;
    throw this.#mismatch("connection", id, "the token is another user's");
  }

  /** The claims of the token with which a client subscribes. @throws as `connect` does */
  async subscribe(token: string, channel: string, holder: Holder): Promise<SubscriptionClaims> {
    const verdict = await this.#required().subscription(token);
    return this.#forChannel(verdict, subscribing, { channel, holder });
  }

  /** The claims of the token with which a client refreshes a subscription. @throws as `connect` does */
  async refreshSubscription(
    token: string,
    channel: string,
    holder: Holder,
  ): Promise<SubscriptionClaims> {
    const verdict = await this.#required().subscription(token);
    return this.#forChannel(verdict, refreshingSubscription, { channel, holder });
  }

  #required(): TokenVerifier {
    if (this.#verifier === undefined) throw new Error("Nobody verifies tokens here");
    return this.#verifier;
  }

  #forChannel(
    verdict: TokenVerdict<SubscriptionClaims>,
    answers: Answers,
    { channel, holder }: { readonly channel: string; readonly holder: Holder },
  ): SubscriptionClaims {
    const { id, user } = holder;
    const claims = this.#claims(verdict, answers, { kind: "subscription", client: id });
    if (claims.channel !== channel) {
      throw this.#mismatch("subscription", id, "the token is for another channel");
    }
    if (claims.user !== user) {
      throw this.#mismatch("subscription", id, "the token is another user's");
    }
    if (claims.client !== undefined && claims.client !== id) {
      throw this.#mismatch("subscription", id, "the token is another connection's");
    }
    return claims;
  }

  #claims<Claims>(
    verdict: TokenVerdict<Claims>,
    answers: Answers,
    { kind, client }: { readonly kind: Kind; readonly client: string },
  ): Claims {
    if ("claims" in verdict) return verdict.claims;
    const { fault, detail } = verdict;
    this.#report(kind, fault, { client, detail });
    throw refuse(answers[fault]);
  }

  /** A good token in the wrong hands is an attack or a grave mistake: it ends the connection, whatever it was for. */
  #mismatch(kind: Kind, client: string, detail: string): Error {
    this.#report(kind, "invalid", { client, detail });
    return refuse(disconnects.invalidToken);
  }

  #report(kind: Kind, fault: TokenFault, fields: { client: string; detail: string }): void {
    this.#meter.tokenRefused(kind, fault);
    this.#logger.info({ ...fields, kind, fault }, "a token was refused");
  }
}
