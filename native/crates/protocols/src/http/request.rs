//! What the head of a request tells: URI, query, cookies, credentials, forwarded addresses.

use super::fields;
use super::parser::percent_decode;
use crate::Context;
use crate::bytes::{base64_decode, mapped};
use lookback_session::FieldSpec;
use std::net::IpAddr;

/// Longest URI kept, in bytes; a longer one is cut and tagged.
const MAX_URI: usize = 4096;
/// What a part of a list costs of the work for a packet: a cookie, an address, a pair of a query.
const PART_WORK: usize = 250;

/// Adds host, URI, path and query of a request target.
pub fn target(context: &mut Context<'_>, host: Option<&[u8]>, target: &[u8]) {
    if target.iter().any(|&byte| byte < 32) {
        context.tag("http:control-char");
    }
    let host = host.map(<[u8]>::to_ascii_lowercase);
    if let Some(host) = &host {
        self::host(context, host);
        path_and_query(context, target);
    }
    let host = host.unwrap_or_default();
    let without_scheme = [&b"http://"[..], b"https://"]
        .iter()
        .find_map(|scheme| {
            target.get(..scheme.len()).filter(|t| t.eq_ignore_ascii_case(scheme)).map(<[u8]>::len)
        })
        .and_then(|length| target.get(length..));
    let mut uri = Vec::with_capacity(host.len() + target.len() + 1);
    if let Some(rest) = without_scheme {
        uri.extend_from_slice(rest);
    } else if target.first() == Some(&b'/') {
        uri.extend_from_slice(&host);
        uri.extend_from_slice(target);
    } else if host.is_empty() || target.starts_with(&host) {
        uri.extend_from_slice(target);
    } else {
        uri.extend_from_slice(&host);
        uri.push(b';');
        uri.extend_from_slice(target);
    }
    if uri.len() > MAX_URI {
        uri.truncate(MAX_URI);
        context.tag("http:url-truncated");
    }
    context.fields.add_bytes(&fields::URI, &uri);
}

/// Adds a host as sent and, when it names a port, also without the port. `host` is in lower case.
pub fn host(context: &mut Context<'_>, host: &[u8]) {
    context.fields.add_bytes(&fields::HOST, host);
    let name_end = match host.first() {
        Some(b'[') => memchr::memchr(b']', host).map(|at| at + 1),
        _ => memchr::memchr(b':', host),
    };
    if let Some(name) = name_end.and_then(|end| host.get(..end)).filter(|name| name.len() < host.len()) {
        context.fields.add_bytes(&fields::HOST, name);
    }
}

fn path_and_query(context: &mut Context<'_>, target: &[u8]) {
    let Some(question) = memchr::memchr(b'?', target) else {
        context.fields.add_bytes(&fields::PATH, target);
        return;
    };
    let (path, query) = target.split_at(question);
    context.fields.add_bytes(&fields::PATH, path);
    for pair in query.get(1..).unwrap_or_default().split(|&byte| byte == b'&') {
        if !context.takes("http", PART_WORK) {
            break;
        }
        // A name without `=` counts as a key only when another pair follows, as in `?a&b=c`; an equals sign
        // inside a value ends that value. Both follow Arkime, so that searches find the same sessions.
        let mut parts = pair.split(|&byte| byte == b'=');
        let key = parts.next().unwrap_or_default();
        let is_last = pair.as_ptr_range().end == target.as_ptr_range().end;
        if !key.is_empty() && (key.len() < pair.len() || !is_last) {
            decoded(context, &fields::KEY, key);
        }
        if context.settings.query_string_values {
            for value in parts.filter(|value| !value.is_empty()) {
                decoded(context, &fields::VALUE, value);
            }
        }
    }
}

fn decoded(context: &mut Context<'_>, field: &'static FieldSpec, text: &[u8]) {
    match percent_decode(text) {
        Some(text) => context.fields.add_text(field, &text),
        None => context.fields.add_bytes(field, text),
    };
}

/// Adds the names, and if kept the values, of a Cookie header (RFC 6265 section 4.2).
pub fn cookies(context: &mut Context<'_>, header: &[u8]) {
    for cookie in header.split(|&byte| byte == b';') {
        if !context.takes("http", PART_WORK) {
            break;
        }
        let cookie = cookie.trim_ascii_start();
        let Some(equals) = memchr::memchr(b'=', cookie) else { continue };
        let (key, value) = cookie.split_at(equals);
        context.fields.add_bytes(&fields::COOKIE_KEY, key);
        let value = value.get(1..).unwrap_or_default().trim_ascii_start();
        if context.settings.cookie_values && !value.is_empty() {
            context.fields.add_bytes(&fields::COOKIE_VALUE, value);
        }
    }
}

/// Adds scheme and user of an Authorization header (RFC 9110 section 11.6.2).
pub fn authorization(context: &mut Context<'_>, header: &[u8]) {
    let Some(blank) = header.iter().position(u8::is_ascii_whitespace) else { return };
    let (scheme, rest) = header.split_at(blank);
    let scheme = scheme.to_ascii_lowercase();
    let rest = rest.trim_ascii();
    context.fields.add_bytes(&fields::AUTH_TYPE, &scheme);
    match scheme.as_slice() {
        // Some services reuse the scheme's name for tokens.
        b"basic" if !rest.starts_with(b"token=") => {
            let Some(credentials) = base64_decode(rest) else {
                context.malformed("http", "basic credentials");
                return;
            };
            let user = credentials.split(|&byte| byte == b':').next().unwrap_or_default();
            context.fields.add_bytes(&fields::USER, user);
        }
        b"digest" => {
            if let Some(user) = digest_user(rest) {
                context.fields.add_bytes(&fields::USER, user);
            }
        }
        _ => {}
    }
}

fn digest_user(parameters: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(parameters, b"username")?;
    let rest =
        parameters.get(at + b"username".len()..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    match rest.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|&byte| byte == b'"').next(),
        None => rest.split(|&byte| byte == b',').next(),
    }
}

/// Adds the addresses of an X-Forwarded-For header.
pub fn forwarded_for(context: &mut Context<'_>, header: &[u8]) {
    for part in header.split(|&byte| byte == b',') {
        if !context.takes("http", PART_WORK) {
            break;
        }
        match std::str::from_utf8(part.trim_ascii()).ok().and_then(parse_ip) {
            Some(ip) => {
                context.fields.add_ip(&fields::XFF, mapped(ip));
            }
            None => context.tag("http:bad-xff"),
        }
    }
}

/// Reads an address; leading zeros, as some proxies write them, are allowed in IPv4.
fn parse_ip(text: &str) -> Option<IpAddr> {
    if let Ok(ip) = text.parse() {
        return Some(ip);
    }
    let mut octets = [0u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| (1..=3).contains(&part.len()) && !part.starts_with('+'))?;
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| IpAddr::from(octets))
}
