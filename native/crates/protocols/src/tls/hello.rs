//! Client and server hello (RFC 8446 section 4.1, RFC 5246 section 7.4.1) and their fingerprints JA3, JA3S and JA4.

use super::{ciphers, fields};
use crate::Context;
use crate::bytes::{Reader, hex, hex_pair};
use crate::digest::Md5;
use crate::http::fields::HOST;
use compact_str::{CompactString, format_compact};
use sha2::{Digest, Sha256};

/// Most cipher suites, extensions, groups or signature algorithms read of one hello.
const MAX_LIST: usize = 1024;

mod extension {
    pub const SERVER_NAME: u16 = 0;
    pub const GROUPS: u16 = 10;
    pub const POINT_FORMATS: u16 = 11;
    pub const SIGNATURES: u16 = 13;
    pub const ALPN: u16 = 16;
    pub const VERSIONS: u16 = 43;
    pub const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
    pub const ENCRYPTED_SERVER_NAME: u16 = 0xffce;
}

/// Values that clients add to keep servers tolerant (RFC 8701): two equal bytes that end in `a`.
fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// What carries the hello; the first letter of its JA4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// TCP.
    Tcp,
    /// DTLS over UDP.
    Datagrams,
    /// QUIC.
    Quic,
}

/// What a client hello offers, without grease.
#[derive(Default)]
struct Client<'a> {
    version: u16,
    session_id: &'a [u8],
    ciphers: Vec<u16>,
    extensions: Vec<u16>,
    groups: Vec<u16>,
    point_formats: &'a [u8],
    signatures: Vec<u16>,
    server_name: Option<&'a [u8]>,
    protocol: Option<&'a [u8]>,
    highest_version: Option<u16>,
}

/// Extensions that room is made for at first.
const USUAL_EXTENSIONS: usize = 24;

fn numbers(mut list: Reader<'_>) -> Vec<u16> {
    let mut numbers = Vec::with_capacity((list.rest().len() / 2).min(MAX_LIST));
    while let Some(number) = list.u16() {
        if numbers.len() >= MAX_LIST {
            break;
        }
        if !is_grease(number) {
            numbers.push(number);
        }
    }
    numbers
}

impl<'a> Client<'a> {
    fn read(body: &'a [u8], carrier: Carrier) -> Option<Self> {
        let mut reader = Reader::new(body);
        let mut client = Client { version: reader.u16()?, ..Client::default() };
        reader.take(32)?; // random
        client.session_id = reader.vector8()?.rest();
        if carrier == Carrier::Datagrams {
            reader.vector8()?; // cookie
        }
        client.ciphers = numbers(reader.vector16()?);
        reader.vector8()?; // compression methods
        let Some(mut extensions) = reader.vector16() else { return Some(client) };
        while let (Some(kind), Some(body)) = (extensions.u16(), extensions.vector16()) {
            if is_grease(kind) || client.extensions.len() >= MAX_LIST {
                continue;
            }
            if client.extensions.capacity() == 0 {
                client.extensions.reserve_exact(USUAL_EXTENSIONS);
            }
            client.extensions.push(kind);
            client.extension(kind, body);
        }
        Some(client)
    }

    fn extension(&mut self, kind: u16, mut body: Reader<'a>) {
        match kind {
            extension::SERVER_NAME => {
                // A list of typed names; only type 0, host name, is defined (RFC 6066 section 3).
                if let Some(mut names) = body.vector16()
                    && names.u8() == Some(0)
                {
                    self.server_name = names.vector16().map(|name| name.rest());
                }
            }
            extension::GROUPS => self.groups = body.vector16().map(numbers).unwrap_or_default(),
            extension::POINT_FORMATS => {
                self.point_formats = body.vector8().map_or(&[], |formats| formats.rest())
            }
            extension::SIGNATURES => self.signatures = body.vector16().map(numbers).unwrap_or_default(),
            extension::ALPN => {
                self.protocol = body.vector16().and_then(|mut names| names.vector8()).map(|name| name.rest());
            }
            extension::VERSIONS => {
                self.highest_version =
                    body.vector8().map(numbers).and_then(|versions| versions.into_iter().max());
            }
            _ => {}
        }
    }

    fn ja3(&self) -> String {
        let mut text = String::with_capacity(256);
        push_decimal(&mut text, self.version);
        for list in [&self.ciphers, &self.extensions, &self.groups] {
            text.push(',');
            push_dashed(&mut text, list.iter().copied());
        }
        text.push(',');
        push_dashed(&mut text, self.point_formats.iter().map(|format| u16::from(*format)));
        text
    }

    /// The readable first part of JA4.
    fn ja4_head(&self, carrier: Carrier) -> String {
        let carrier = match carrier {
            Carrier::Tcp => 't',
            Carrier::Datagrams => 'd',
            Carrier::Quic => 'q',
        };
        let version = match self.highest_version.unwrap_or(self.version) {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            0xfeff => "d1",
            0xfefd => "d2",
            0xfefc => "d3",
            _ => "00",
        };
        let name = if self.extensions.contains(&extension::SERVER_NAME) { 'd' } else { 'i' };
        let (first, last) = self.protocol_letters();
        format!(
            "{carrier}{version}{name}{:02}{:02}{first}{last}",
            self.ciphers.len().min(99),
            self.extensions.len().min(99)
        )
    }

    /// First and last letter of the first protocol offered; of its hex form when they are no letters or digits.
    fn protocol_letters(&self) -> (char, char) {
        match (self.protocol.and_then(<[u8]>::first), self.protocol.and_then(<[u8]>::last)) {
            (Some(&first), Some(&last)) if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
                (char::from(first), char::from(last))
            }
            (Some(&first), Some(&last)) => (
                char::from_digit(u32::from(first >> 4), 16).unwrap_or('0'),
                char::from_digit(u32::from(last & 15), 16).unwrap_or('0'),
            ),
            _ => ('0', '0'),
        }
    }

    /// The two lists that JA4 hashes: sorted ciphers; sorted extensions, then signature algorithms as sent.
    fn ja4_lists(&self) -> (String, String) {
        let mut ciphers = self.ciphers.clone();
        ciphers.sort_unstable();
        let mut extensions: Vec<u16> = self.extensions.clone();
        extensions.retain(|kind| !matches!(*kind, extension::SERVER_NAME | extension::ALPN));
        extensions.sort_unstable();
        let mut second = String::with_capacity((extensions.len() + self.signatures.len() + 1) * 5);
        push_hex_list(&mut second, &extensions);
        if !self.signatures.is_empty() {
            second.push('_');
            push_hex_list(&mut second, &self.signatures);
        }
        let mut first = String::with_capacity(ciphers.len() * 5);
        push_hex_list(&mut first, &ciphers);
        (first, second)
    }
}

/// Appends decimal numbers with dashes between them. Formatting machinery would dominate the cost of a handshake.
fn push_dashed(text: &mut String, numbers: impl Iterator<Item = u16>) {
    let mut first = true;
    for number in numbers {
        if !std::mem::take(&mut first) {
            text.push('-');
        }
        push_decimal(text, number);
    }
}

fn push_decimal(text: &mut String, number: u16) {
    let mut divisor = 10_000;
    while divisor > 1 && number < divisor {
        divisor /= 10;
    }
    while divisor > 0 {
        text.push(char::from(b'0' + (number / divisor % 10) as u8));
        divisor /= 10;
    }
}

fn push_hex_list(text: &mut String, numbers: &[u16]) {
    for (index, number) in numbers.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        for digit in number.to_be_bytes().into_iter().flat_map(hex_pair) {
            text.push(char::from(digit));
        }
    }
}

/// First 12 hex digits of the SHA-256 of a list; zeros for an empty one.
fn short_hash(list: &str) -> CompactString {
    if list.is_empty() {
        return CompactString::const_new("000000000000");
    }
    let digest = Sha256::digest(list.as_bytes());
    hex(digest.get(..6).unwrap_or_default())
}

/// Adds what a client hello tells. Whether it could be read.
pub fn client(context: &mut Context<'_>, body: &[u8], carrier: Carrier) -> bool {
    let Some(client) = Client::read(body, carrier) else {
        context.malformed("tls", "client hello");
        return false;
    };
    if let Some(name) = client.server_name {
        context.fields.add_bytes(&HOST, &name.to_ascii_lowercase());
    }
    if client.extensions.contains(&extension::ENCRYPTED_CLIENT_HELLO) {
        context.tag("tls:has_ech");
    }
    if client.extensions.contains(&extension::ENCRYPTED_SERVER_NAME) {
        context.tag("tls:has_esni");
    }
    if carrier != Carrier::Datagrams {
        let ja3 = client.ja3();
        context.fields.add_text(&fields::JA3, &hex(&Md5::digest(ja3.as_bytes())));
        if context.settings.ja3_strings {
            context.fields.add_text(&fields::JA3_STRING, &ja3);
        }
        if carrier == Carrier::Tcp && !client.session_id.is_empty() {
            context.fields.add_text(&fields::SOURCE_SESSION_ID, &hex(client.session_id));
        }
    }
    let head = client.ja4_head(carrier);
    let (ciphers, extensions) = client.ja4_lists();
    let ja4 = format_compact!("{head}_{}_{}", short_hash(&ciphers), short_hash(&extensions));
    context.fields.add_text(&fields::JA4, &ja4);
    if context.settings.ja4_raw {
        context.fields.add_text(&fields::JA4_R, &format!("{head}_{ciphers}_{extensions}"));
    }
    true
}

/// Adds what a server hello tells. Whether it could be read.
pub fn server(context: &mut Context<'_>, body: &[u8]) -> bool {
    if read_server(context, body).is_none() {
        context.malformed("tls", "server hello");
        return false;
    }
    true
}

fn read_server(context: &mut Context<'_>, body: &[u8]) -> Option<()> {
    let mut reader = Reader::new(body);
    let legacy_version = reader.u16()?;
    reader.take(32)?; // random
    // Drafts of TLS 1.3 before 22 left out session id and compression.
    let is_early_draft = legacy_version >> 8 == 0x7f && legacy_version & 0xff < 22;
    if !is_early_draft {
        let session_id = reader.vector8()?.rest();
        if !session_id.is_empty() {
            context.fields.add_text(&fields::DESTINATION_SESSION_ID, &hex(session_id));
        }
    }
    let cipher = reader.u16()?;
    if !is_early_draft {
        reader.u8()?; // compression method
    }
    let mut version = legacy_version;
    let mut kinds = Vec::new();
    if let Some(mut extensions) = reader.vector16() {
        while let (Some(kind), Some(mut body)) = (extensions.u16(), extensions.vector16()) {
            if kinds.len() >= MAX_LIST {
                break;
            }
            if kinds.capacity() == 0 {
                kinds.reserve_exact(USUAL_EXTENSIONS);
            }
            kinds.push(kind);
            if kind == extension::VERSIONS
                && let Some(chosen) = body.u16()
            {
                version = chosen;
            }
        }
    }
    context.fields.add_text(&fields::VERSION, &version_name(version));
    context.fields.add_text(&fields::CIPHER, &ciphers::name(cipher));
    let mut ja3s = String::with_capacity(128);
    push_decimal(&mut ja3s, legacy_version);
    ja3s.push(',');
    push_decimal(&mut ja3s, cipher);
    ja3s.push(',');
    push_dashed(&mut ja3s, kinds.into_iter());
    context.fields.add_text(&fields::JA3S, &hex(&Md5::digest(ja3s.as_bytes())));
    if context.settings.ja3_strings {
        context.fields.add_text(&fields::JA3S_STRING, &ja3s);
    }
    Some(())
}

fn version_name(version: u16) -> CompactString {
    match version {
        0x0300 => CompactString::const_new("SSLv3"),
        0x0301 => CompactString::const_new("TLSv1"),
        0x0302 => CompactString::const_new("TLSv1.1"),
        0x0303 => CompactString::const_new("TLSv1.2"),
        0x0304 => CompactString::const_new("TLSv1.3"),
        0x7f00..=0x7fff => format_compact!("TLSv1.3-draft-{:02}", version & 0xff),
        0xfb00..=0xfbff => format_compact!("TLSv1.3-fbdraft-{:02}", version & 0xff),
        _ => format_compact!("0x{version:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_leading_zeros() {
        let mut dashed = String::new();
        push_dashed(&mut dashed, [0, 9, 10, 999, 1000, 65535].into_iter());
        assert_eq!(dashed, "0-9-10-999-1000-65535");
    }

    #[test]
    fn grease_is_two_equal_bytes() {
        assert!(is_grease(0x0a0a) && is_grease(0xfafa));
        assert!(!is_grease(0x1a0a) && !is_grease(0x1301));
    }

    #[test]
    fn protocol_letters_of_odd_names() {
        let letters =
            |name: &'static [u8]| Client { protocol: Some(name), ..Client::default() }.protocol_letters();
        assert_eq!(letters(b"h2"), ('h', '2'));
        assert_eq!(letters(b"x"), ('x', 'x'));
        assert_eq!(letters(b"\xab"), ('a', 'b'));
        assert_eq!(Client::default().protocol_letters(), ('0', '0'));
    }
}
