//! Presentation forms of record data: CAA (RFC 8659), HTTPS (RFC 9460), DNSSEC (RFC 4034).

use super::names;
use super::parser::{Message, Record};
use crate::bytes::{Reader, base64_encode, be16, be32, byte, hex};
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

/// `CAA flags tag value`.
pub fn caa(record: &Record<'_>) -> Option<String> {
    let mut reader = Reader::new(record.data);
    let flags = reader.u8()?;
    let tag = reader.vector8()?;
    Some(format!(
        "CAA {flags} {} {}",
        String::from_utf8_lossy(tag.rest()),
        String::from_utf8_lossy(reader.rest())
    ))
}

/// `HTTPS priority target key=value ...`.
pub fn https(message: &Message<'_>, record: &Record<'_>) -> Option<String> {
    let priority = be16(record.data, 0)?;
    let (target, end) = message.name(record.data_at + 2)?;
    let mut text = format!("HTTPS {priority} {}", if target.is_empty() { "." } else { &target });
    let mut parameters = Reader::new(record.data.get(end.checked_sub(record.data_at)?..)?);
    while !parameters.is_empty() {
        let key = parameters.u16()?;
        let value = parameters.vector16()?.rest();
        service_parameter(&mut text, key, value);
    }
    Some(text)
}

/// Appends one parameter in the form of RFC 9460 section 2.1. Writing into a String cannot fail.
fn service_parameter(text: &mut String, key: u16, value: &[u8]) {
    let joined = |items: Vec<String>| items.join(",");
    let _ = match key {
        0 => write!(
            text,
            " mandatory={}",
            joined(value.chunks_exact(2).filter_map(|c| be16(c, 0)).map(key_name).collect())
        ),
        1 => {
            let mut reader = Reader::new(value);
            let mut items = Vec::new();
            while let Some(item) = reader.vector8() {
                items.push(String::from_utf8_lossy(item.rest()).into_owned());
            }
            write!(text, " alpn={}", joined(items))
        }
        2 => write!(text, " no-default-alpn"),
        3 => write!(text, " port={}", be16(value, 0).unwrap_or(0)),
        4 => {
            let hints = value.as_chunks::<4>().0.iter().map(|&octets| Ipv4Addr::from(octets).to_string());
            write!(text, " ipv4hint={}", joined(hints.collect()))
        }
        5 => write!(text, " ech={}", base64_encode(value)),
        6 => {
            let hints = value.as_chunks::<16>().0.iter().map(|&octets| Ipv6Addr::from(octets).to_string());
            write!(text, " ipv6hint={}", joined(hints.collect()))
        }
        7 => write!(text, " dohpath={}", String::from_utf8_lossy(value)),
        _ => write!(text, " key{key}={}", hex(value)),
    };
}

fn key_name(key: u16) -> String {
    const NAMES: [&str; 8] =
        ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];
    NAMES.get(usize::from(key)).map_or_else(|| format!("key{key}"), |name| (*name).to_owned())
}

/// `DS key-tag algorithm digest-type digest`.
pub fn ds(record: &Record<'_>) -> Option<String> {
    let data = record.data;
    let digest = data.get(4..)?;
    Some(format!("DS {} {} {} {}", be16(data, 0)?, byte(data, 2)?, byte(data, 3)?, hex(digest)))
}

/// `RRSIG type algorithm labels ttl expiration inception key-tag signer`, times in seconds since 1970.
pub fn rrsig(message: &Message<'_>, record: &Record<'_>) -> Option<String> {
    let data = record.data;
    let (signer, _) = message.name(record.data_at + 18)?;
    Some(format!(
        "RRSIG {} {} {} {} {} {} {} {}",
        names::record_type(be16(data, 0)?),
        byte(data, 2)?,
        byte(data, 3)?,
        be32(data, 4)?,
        be32(data, 8)?,
        be32(data, 12)?,
        be16(data, 16)?,
        if signer.is_empty() { "." } else { &signer }
    ))
}

/// `NSEC next-name type type ...`.
pub fn nsec(message: &Message<'_>, record: &Record<'_>) -> Option<String> {
    let (next, end) = message.name(record.data_at)?;
    let mut text = format!("NSEC {}", if next.is_empty() { "." } else { &next });
    let mut blocks = Reader::new(record.data.get(end.checked_sub(record.data_at)?..)?);
    while let (Some(window), Some(bitmap)) = (blocks.u8(), blocks.vector8()) {
        for (index, bits) in bitmap.rest().iter().enumerate().take(32) {
            for bit in (0..8u16).filter(|bit| bits & (0x80 >> bit) != 0) {
                let number = u16::from(window) << 8 | (index as u16 * 8 + bit);
                let _ = write!(text, " {}", names::record_type(number));
            }
        }
    }
    Some(text)
}

/// Whether an RRSIG record names the root as its signer.
pub fn is_signed_by_root(record: &Record<'_>) -> bool {
    byte(record.data, 18) == Some(0)
}
