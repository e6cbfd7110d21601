import { isIP } from "node:net";
import type { AccessService } from "../access/access-service.js";
import { UserAdmission } from "../access/admission.js";
import { OidcLogin, type OidcSettings } from "../access/oidc-login.js";
import { isRole, ROLES, type Role } from "../access/rights.js";
import type { UserAdministration } from "../access/user-administration.js";
import { UserTemplate } from "../access/user-template.js";
import { systemClock, type Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import { silentLogger, type Logger } from "../base/logger.js";
import { printOrigin } from "../config/setting.js";
import type { LookbackConfig } from "../config/config.js";
import { namedFile } from "../config/named-file.js";
import type { SettingKey } from "../config/settings.js";
import { AddressList } from "../http/address-list.js";
import { CertificateFiles } from "../http/certificate-files.js";
import type { HttpServerParts } from "../http/server.js";
import type { TrustedHeaderSettings } from "../http/trusted-header.js";
import { outgoingFetch } from "./outgoing.js";

/** Path of the route to which the OpenID provider sends users back. */
const CALLBACK = "/auth/login/callback";

/** What logging in stands on. */
export interface LoginServices {
  readonly access: AccessService;
  readonly users: UserAdministration;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the configuration says of logging in, for the HTTP server. CONFIG_INVALID naming the key where parts of it do not fit together. */
export function loginParts(config: LookbackConfig, parts: LoginServices): Pick<Required<HttpServerParts>, "logins" | "trusted" | "certificate" | "strictTransport"> {
  const { values } = config;
  const mode = values.authMode;
  const byOidc = mode === "oidc" || mode === "form+oidc";
  const byHeader = mode.startsWith("header");
  const template = userTemplate(config);
  const admission = template === null ? null : new UserAdmission({ ...parts, template });
  return {
    logins: {
      passwords: mode !== "oidc" && mode !== "headerOnly",
      oidc: byOidc ? new OidcLogin({ ...parts, settings: oidcSettings(config, admission) }) : null,
      secureCookies: values.authCookieSecure === "auto" ? "auto" : values.authCookieSecure === "true",
      message: values.loginMessage,
      afterLogout: afterLogout(config),
    },
    trusted: { proxies: addresses(config, "authTrustProxy", values.authTrustProxy), header: byHeader ? headerSettings(config) : null, admission: byHeader ? admission : null },
    certificate: certificateFiles(config, parts.clock, parts.logger),
    strictTransport: values.hstsHeader,
  };
}

/** Checks what the configuration says of logging in and of asking other servers, without doing either. CONFIG_INVALID naming the key. */
export function checkLogins(config: LookbackConfig): void {
  const { authMode: mode } = config.values;
  userTemplate(config);
  afterLogout(config);
  if (mode === "oidc" || mode === "form+oidc") oidcSettings(config, null);
  if (mode.startsWith("header")) headerSettings(config);
  addresses(config, "authTrustProxy", config.values.authTrustProxy);
  certificateFiles(config, systemClock, silentLogger)?.read();
  outgoingFetch(config);
}

/** What to say of a server that others can reach and read along, or null. */
export function exposureWarning({ values }: LookbackConfig): string | null {
  const loopback = values.viewHost === "localhost" || values.viewHost === "::1" || (isIP(values.viewHost) === 4 && values.viewHost.startsWith("127."));
  if (loopback || values.certFile !== null) return null;
  return `the service listens on ${values.viewHost} without TLS: passwords, tokens and packets cross the network readable for everybody on the way. Set certFile and keyFile, or viewHost=127.0.0.1 behind a proxy that speaks TLS`;
}

function invalid(config: LookbackConfig, key: SettingKey, what: string): LookbackError {
  const origin = config.origins.get(key);
  return new LookbackError("CONFIG_INVALID", `${origin === undefined ? "configuration" : printOrigin(origin)}: ${key}: ${what}`, { key });
}

function addresses(config: LookbackConfig, key: SettingKey, texts: readonly string[]): AddressList {
  try {
    return new AddressList(texts);
  } catch (error) {
    if (error instanceof LookbackError) throw invalid(config, key, error.message);
    throw error;
  }
}

/** How the provider is asked, or null: by Node's own fetch. */
function providerFetch(config: LookbackConfig): OidcSettings["fetch"] {
  const outgoing = outgoingFetch(config);
  if (outgoing === null) return null;
  return (url, { method, headers, body, redirect, signal }) =>
    outgoing(url, { method, headers, redirect, body: body instanceof URLSearchParams ? body.toString() : typeof body === "string" ? body : null, ...(signal === undefined ? {} : { signal }) });
}

/** The template of users who are not known, or null. */
function userTemplate(config: LookbackConfig): UserTemplate | null {
  const { userAutoCreateTmpl: text } = config.values;
  if (text === null) return null;
  try {
    return new UserTemplate(text);
  } catch (error) {
    if (error instanceof LookbackError) throw invalid(config, "userAutoCreateTmpl", error.message);
    throw error;
  }
}

function afterLogout(config: LookbackConfig): { readonly url: URL; readonly method: "GET" | "POST" } | null {
  const { logoutUrl: text, logoutUrlMethod: method } = config.values;
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) throw invalid(config, "logoutUrl", `${text.slice(0, 200)}: allowed: an http or https URL`);
  return { url, method };
}

function oidcSettings(config: LookbackConfig, admission: UserAdmission | null): OidcSettings {
  const { values } = config;
  const needed = (key: "authDiscoverURL" | "authClientId" | "authClientSecret"): string => {
    const value = values[key];
    if (value === null) throw invalid(config, key, `is needed for authMode=${values.authMode}`);
    return value;
  };
  const discoverUrl = needed("authDiscoverURL");
  const url = URL.canParse(discoverUrl) ? new URL(discoverUrl) : null;
  const local = url !== null && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url === null || !(url.protocol === "https:" || (url.protocol === "http:" && local))) throw invalid(config, "authDiscoverURL", "allowed: an https URL, or http on this machine");
  if (values.authRedirectURIs.length === 0) throw invalid(config, "authRedirectURIs", `is needed for authMode=${values.authMode}: https://HOST${CALLBACK}`);
  for (const uri of values.authRedirectURIs) if (new URL(uri).pathname !== CALLBACK) throw invalid(config, "authRedirectURIs", `${uri}: allowed: URLs of the path ${CALLBACK}`);
  const roles = new Map<string, Role>();
  for (const given of values.authRoles) {
    const equals = given.lastIndexOf("=");
    const role = given.slice(equals + 1).trim();
    if (equals < 1 || !isRole(role)) throw invalid(config, "authRoles", `${given.slice(0, 100)}: allowed: GROUP=ROLE separated by ;, with the roles ${ROLES.join(", ")}`);
    roles.set(given.slice(0, equals).trim(), role);
  }
  if (values.authRoleField !== null && roles.size === 0) throw invalid(config, "authRoles", "is needed with authRoleField: nobody could log in");
  return {
    discoverUrl, clientId: needed("authClientId"), clientSecret: needed("authClientSecret"), redirectUris: values.authRedirectURIs, scope: values.authOIDCScope,
    userField: values.authUserIdField, roleField: values.authRoleField, roles, createUsers: values.authCreateUsers, admission, signature: values.authJwsAlgorithm, fetch: providerFetch(config),
  };
}

function headerSettings(config: LookbackConfig): TrustedHeaderSettings {
  const { values } = config;
  if (values.userNameHeader === null) throw invalid(config, "userNameHeader", `is needed for authMode=${values.authMode}`);
  if (values.requiredAuthHeader !== null && values.requiredAuthHeaderVal.length === 0) throw invalid(config, "requiredAuthHeaderVal", "is needed with requiredAuthHeader: nobody could log in");
  return {
    userNameHeader: values.userNameHeader, proxies: addresses(config, "userAuthIps", values.userAuthIps),
    required: values.requiredAuthHeader === null ? null : { header: values.requiredAuthHeader, values: values.requiredAuthHeaderVal },
  };
}

function certificateFiles(config: LookbackConfig, clock: Clock, logger: Logger): CertificateFiles | null {
  const { certFile, keyFile } = config.values;
  if (certFile === null && keyFile === null) return null;
  if (certFile === null || keyFile === null) throw invalid(config, certFile === null ? "certFile" : "keyFile", "is needed as well: certFile and keyFile go together");
  return new CertificateFiles(namedFile(config, certFile), namedFile(config, keyFile), clock, logger);
}
