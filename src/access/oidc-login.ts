import { timingSafeEqual } from "node:crypto";
import {
  allowInsecureRequests, authorizationCodeGrant, buildAuthorizationUrl, calculatePKCECodeChallenge, ClientSecretPost, discovery, randomNonce, randomPKCECodeVerifier, randomState,
  customFetch, type Configuration, type CustomFetch,
} from "openid-client";
import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { AccessService } from "./access-service.js";
import type { UserAdmission } from "./admission.js";
import { ROLES, type Role } from "./rights.js";
import { newSecret, secretHash } from "./secret.js";
import type { UserAdministration } from "./user-administration.js";
import type { User } from "./user.js";

/** How users log in at an OpenID provider. */
export interface OidcSettings {
  /** URL of the provider, or of its discovery document. */
  readonly discoverUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the provider sends users back to, as it knows it: `https://host/auth/login/callback`. */
  readonly redirectUris: readonly string[];
  /** Scopes asked for, separated by blanks; `openid` is always among them. */
  readonly scope: string;
  /** Claim with the user's name. */
  readonly userField: string;
  /** Claim with groups, or null: roles are then given here. */
  readonly roleField: string | null;
  /** Role of each group. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Whether a user who is not known here is added. */
  readonly createUsers: boolean;
  /** Makes users who are not known here from their claims, or null. */
  readonly admission: Pick<UserAdmission, "admit"> | null;
  /** How the provider signs id tokens (RFC 7518), or null: as it says, or RS256. */
  readonly signature: string | null;
  /** Asks the provider; null is Node's own fetch. */
  readonly fetch: CustomFetch | null;
}

/** How long a user may take at the provider. */
const LOGIN_AT_PROVIDER_MS = 10 * 60_000;
/** Most users at the provider at a time; beyond, who went first is forgotten. */
const MAX_PENDING = 10_000;
/** After this long the provider's document is read again. */
const DISCOVERY_MS = 60 * 60_000;
/** Longest wait for the provider, in seconds. */
const TIMEOUT_S = 10;

interface Pending {
  readonly verifier: string;
  readonly nonce: string;
  readonly next: string;
  readonly redirectUri: string;
  /** Hash of the secret in the browser that began. */
  readonly browser: string;
  readonly expiresMs: number;
}

/**
 * Login at an OpenID provider: the authorization code flow with PKCE, state and nonce. A login belongs to the browser that
 * began it. Users of the provider are users here, by a claim: what they may do is decided here.
 */
export class OidcLogin {
  readonly #settings: OidcSettings;
  readonly #users: Pick<UserAdministration, "find" | "set" | "addFromElsewhere">;
  readonly #access: AccessService;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #pending = new Map<string, Pending>();
  #provider: { readonly configuration: Promise<Configuration>; readonly readMs: number } | null = null;

  constructor(parts: { readonly settings: OidcSettings; readonly users: Pick<UserAdministration, "find" | "set" | "addFromElsewhere">; readonly access: AccessService; readonly clock: Clock; readonly logger: Logger }) {
    this.#settings = parts.settings;
    this.#users = parts.users;
    this.#access = parts.access;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** Begins a login: where to send the browser, and the secret that it must bring back. UNAVAILABLE when the provider does not answer. */
  async begin(host: string, next: string): Promise<{ readonly url: URL; readonly browser: string }> {
    const configuration = await this.#configuration();
    const now = this.#clock.nowMs();
    for (const [state, { expiresMs }] of this.#pending) {
      if (this.#pending.size < MAX_PENDING && expiresMs > now) break;
      this.#pending.delete(state);
    }
    const redirectUri = this.#redirectUri(host);
    const [verifier, nonce, state, browser] = [randomPKCECodeVerifier(), randomNonce(), randomState(), newSecret()];
    this.#pending.set(state, { verifier, nonce, next, redirectUri, browser: secretHash(browser), expiresMs: now + LOGIN_AT_PROVIDER_MS });
    const scope = [...new Set(["openid", ...this.#settings.scope.split(/\s+/)])].filter((word) => word !== "").join(" ");
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri, scope, state, nonce, code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
    });
    return { url, browser };
  }

  /** Ends a login with the query that the provider sent the browser back with. LOGIN_FAILED, with the reason in the log. */
  async finish(query: URLSearchParams, browser: string | null, address: string): Promise<{ readonly user: User; readonly next: string }> {
    const state = query.get("state") ?? "";
    const pending = this.#pending.get(state);
    if (pending === undefined || pending.expiresMs <= this.#clock.nowMs() || browser === null || !sameText(secretHash(browser), pending.browser)) {
      throw new LookbackError("LOGIN_FAILED", "this login was not begun in this browser, or took too long; begin again");
    }
    // Used once, whatever comes of it.
    this.#pending.delete(state);
    const url = new URL(pending.redirectUri);
    url.search = query.toString();
    let claims: Readonly<Record<string, unknown>> | undefined;
    try {
      const tokens = await authorizationCodeGrant(await this.#configuration(), url, { pkceCodeVerifier: pending.verifier, expectedNonce: pending.nonce, expectedState: state, idTokenExpected: true });
      claims = tokens.claims();
    } catch (error) {
      if (error instanceof LookbackError) throw error;
      this.#logger.warn({ address, error: error instanceof Error ? error.message : String(error) }, "a login at the OpenID provider failed");
      this.#access.audit("", "login.failed", { by: "oidc" }, { address, outcome: "LOGIN_FAILED" });
      throw new LookbackError("LOGIN_FAILED", "the OpenID provider did not confirm this login; begin again", {}, { cause: error });
    }
    return { user: this.#userOf(claims ?? {}, address), next: pending.next };
  }

  #userOf(claims: Readonly<Record<string, unknown>>, address: string): User {
    const { userField, roleField, createUsers, admission } = this.#settings;
    const name = claims[userField];
    const refuse = (shownName: string, reason: string): LookbackError => {
      this.#logger.warn({ address, user: shownName, reason }, "a login at the OpenID provider was refused");
      this.#access.audit(shownName.slice(0, 64), "login.failed", { by: "oidc", reason }, { address, outcome: "LOGIN_FAILED" });
      return new LookbackError("LOGIN_FAILED", "the provider knows you, but you may not log in here; ask an administrator");
    };
    if (typeof name !== "string" || name === "") throw refuse("", `no claim ${userField}`);
    const known = this.#users.find(name);
    // A name at the provider must not become somebody who has a password here.
    if (known !== null && known.loginBy !== "oidc") throw refuse(name, `the user logs in by ${known.loginBy}`);
    if (known !== null && !known.enabled) throw refuse(name, "the user is disabled");
    const role = roleField === null ? null : this.#roleOf(claims[roleField]);
    if (roleField !== null && role === null) throw refuse(name, `no value of the claim ${roleField} has a role`);
    const by = { name: known?.name ?? name, address, method: null };
    if (known !== null) {
      if (role === null || role === known.role) return known;
      try {
        return this.#users.set(known.name, { role }, by);
      } catch (error) {
        // Of the last administrator neither the role is taken, nor what the provider no longer grants is given.
        if (error instanceof LookbackError && error.code === "BAD_INPUT") throw refuse(known.name, `the provider makes this user ${role}; ${error.message}`);
        throw error;
      }
    }
    if (admission !== null) {
      const admitted = admission.admit(name, "oidc", (claim) => textOf(claims[claim]), address, role);
      if (admitted !== null) return admitted;
      throw new LookbackError("LOGIN_FAILED", "the provider knows you, but you may not log in here; ask an administrator");
    }
    if (!createUsers) throw refuse(name, "there is no such user");
    try {
      return this.#users.addFromElsewhere({ name, role: role ?? "viewer", loginBy: "oidc" }, by);
    } catch (error) {
      if (error instanceof LookbackError && error.code === "BAD_INPUT") throw refuse(name, "the name cannot be a user's");
      throw error;
    }
  }

  /** The highest role of the groups of a claim, or null. */
  #roleOf(claim: unknown): Role | null {
    const groups: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
    const found = groups.flatMap((group) => (typeof group === "string" ? (this.#settings.roles.get(group) ?? []) : []));
    return ROLES.findLast((role) => found.includes(role)) ?? null;
  }

  /** The address of ours that the provider knows and the browser came to; the first one when none fits. */
  #redirectUri(host: string): string {
    const { redirectUris } = this.#settings;
    return redirectUris.find((uri) => new URL(uri).host === host) ?? redirectUris[0] ?? "";
  }

  async #configuration(): Promise<Configuration> {
    const now = this.#clock.nowMs();
    if (this.#provider === null || now - this.#provider.readMs > DISCOVERY_MS) {
      const { discoverUrl, clientId, clientSecret, signature, fetch } = this.#settings;
      const url = new URL(discoverUrl);
      // Plain HTTP is for a provider on this machine alone.
      const insecure = url.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
      this.#provider = {
        configuration: discovery(url, clientId, { client_secret: clientSecret, ...(signature === null ? {} : { id_token_signed_response_alg: signature }) }, ClientSecretPost(clientSecret), {
          timeout: TIMEOUT_S, ...(insecure ? { execute: [allowInsecureRequests] } : {}), ...(fetch === null ? {} : { [customFetch]: fetch }),
        }),
        readMs: now,
      };
    }
    const { configuration } = this.#provider;
    try {
      return await configuration;
    } catch (error) {
      this.#provider = null;
      this.#logger.error({ provider: this.#settings.discoverUrl, error: error instanceof Error ? error.message : String(error) }, "the OpenID provider does not answer");
      throw new LookbackError("UNAVAILABLE", "the OpenID provider does not answer; try again later", {}, { cause: error });
    }
  }
}

/** A claim as text: lists separated by commas; null for objects and what is not there. */
function textOf(claim: unknown): string | null {
  if (Array.isArray(claim)) return claim.filter((one) => typeof one === "string").join(",");
  return typeof claim === "string" || typeof claim === "number" || typeof claim === "boolean" ? String(claim) : null;
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
