//! Presentation forms of record data: CAA (RFC 8659), HTTPS (RFC 9460), DNSSEC (RFC 4034).

use super::names;
use super::parser::{Message, Record};
use crate::bytes::{Reader, base64_encode, be16, be32, byte, hex};
use compact_str::{CompactString, ToCompactString, format_compact};
use lookback_session::MAX_TEXT_BYTES;
use std::borrow::Cow;
use std::fmt::{self, Display, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest bitmap of a window of record types (RFC 4034 section 4.1.2).
const MAX_BITMAP_BYTES: usize = 32;

/// The presentation form of a record, which nobody sees beyond [`MAX_TEXT_BYTES`]: the part that goes beyond is its last, and
/// writing another one fails.
struct Presentation(String);

impl Write for Presentation {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.0.len() > MAX_TEXT_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(part);
        Ok(())
    }
}

impl Presentation {
    /// One that begins with `beginning`, a few short parts.
    fn new(beginning: fmt::Arguments<'_>) -> Self {
        Self(beginning.to_string())
    }
    /// Writes items with commas between them, until it is full.
    fn join(&mut self, items: impl Iterator<Item = impl Display>) -> fmt::Result {
        for (index, item) in items.enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(self, "{comma}{item}")?;
        }
        Ok(())
    }
}

/// As many bytes as may be seen: no form of one is shorter than the byte.
fn seen(bytes: &[u8]) -> &[u8] {
    bytes.get(..MAX_TEXT_BYTES).unwrap_or(bytes)
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(seen(bytes))
}

fn name_or_dot(name: &str) -> &str {
    if name.is_empty() { "." } else { name }
}

/// `CAA flags tag value`.
pub fn caa(record: &Record<'_>) -> Option<String> {
    let mut reader = Reader::new(record.data);
    let flags = reader.u8()?;
    let tag = reader.vector8()?;
    Some(format!("CAA {flags} {} {}", lossy(tag.rest()), lossy(reader.rest())))
}

/// `HTTPS priority target key=value ...`.
pub fn https(message: &Message<'_>, record: &Record<'_>) -> Option<String> {
    let priority = be16(record.data, 0)?;
    let (target, end) = message.name(record.data_at + 2)?;
    let mut text = Presentation::new(format_args!("HTTPS {priority} {}", name_or_dot(&target)));
    let mut parameters = Reader::new(record.data.get(end.checked_sub(record.data_at)?..)?);
    while !parameters.is_empty() {
        let key = parameters.u16()?;
        let value = parameters.vector16()?.rest();
        if service_parameter(&mut text, key, value).is_err() {
            break;
        }
    }
    Some(text.0)
}

/// Appends one parameter in the form of RFC 9460 section 2.1.
fn service_parameter(text: &mut Presentation, key: u16, value: &[u8]) -> fmt::Result {
    match key {
        0 => {
            text.write_str(" mandatory=")?;
            text.join(value.chunks_exact(2).filter_map(|c| be16(c, 0)).map(key_name))
        }
        1 => {
            text.write_str(" alpn=")?;
            let mut reader = Reader::new(value);
            text.join(std::iter::from_fn(|| reader.vector8().map(|item| lossy(item.rest()))))
        }
        2 => text.write_str(" no-default-alpn"),
        3 => write!(text, " port={}", be16(value, 0).unwrap_or(0)),
        4 => {
            text.write_str(" ipv4hint=")?;
            text.join(value.as_chunks::<4>().0.iter().map(|&octets| Ipv4Addr::from(octets)))
        }
        5 => write!(text, " ech={}", base64_encode(seen(value))),
        6 => {
            text.write_str(" ipv6hint=")?;
            text.join(value.as_chunks::<16>().0.iter().map(|&octets| Ipv6Addr::from(octets)))
        }
        7 => write!(text, " dohpath={}", lossy(value)),
        _ => write!(text, " key{key}={}", hex(seen(value))),
    }
}

fn key_name(key: u16) -> CompactString {
    const NAMES: [&str; 8] =
        ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];
    NAMES
        .get(usize::from(key))
        .map_or_else(|| format_compact!("key{key}"), ToCompactString::to_compact_string)
}

/// `DS key-tag algorithm digest-type digest`.
pub fn ds(record: &Record<'_>) -> Option<String> {
    let data = record.data;
    let digest = seen(data.get(4..)?);
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
        name_or_dot(&signer)
    ))
}

/// `NSEC next-name type type ...`. Windows ascend, none is empty and none too long (RFC 4034 section 4.1.2).
pub fn nsec(message: &Message<'_>, record: &Record<'_>) -> Option<String> {
    let (next, end) = message.name(record.data_at)?;
    let mut text = Presentation::new(format_args!("NSEC {}", name_or_dot(&next)));
    let mut windows = Reader::new(record.data.get(end.checked_sub(record.data_at)?..)?);
    let mut before = None;
    while !windows.is_empty() {
        let window = windows.u8()?;
        let bitmap = windows.vector8()?.rest();
        if before.is_some_and(|before| window <= before) || !(1..=MAX_BITMAP_BYTES).contains(&bitmap.len()) {
            return None;
        }
        before = Some(window);
        for (index, bits) in bitmap.iter().enumerate() {
            for bit in (0..8u16).filter(|bit| bits & (0x80 >> bit) != 0) {
                let number = u16::from(window) << 8 | (index as u16 * 8 + bit);
                if write!(text, " {}", names::record_type(number)).is_err() {
                    return Some(text.0);
                }
            }
        }
    }
    Some(text.0)
}

/// Whether an RRSIG record names the root as its signer.
pub fn is_signed_by_root(record: &Record<'_>) -> bool {
    byte(record.data, 18) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form of a record without a name of its own whose data stands behind a header.
    fn of(form: fn(&Message<'_>, &Record<'_>) -> Option<String>, data: &[u8]) -> Option<String> {
        let message = [&[0; 12][..], data].concat();
        let record = Record { name: String::new(), kind: 0, class: 1, ttl: 0, data, data_at: 12 };
        form(&Message::new(&message)?, &record)
    }

    #[test]
    fn windows_of_types_ascend_and_none_is_empty_or_too_long() {
        let nsec_of = |windows: &[u8]| of(nsec, &[&[0][..], windows].concat());
        assert_eq!(nsec_of(&[0, 1, 0x62, 1, 1, 0x40]).as_deref(), Some("NSEC . A NS SOA CAA"));
        assert_eq!(nsec_of(&[]).as_deref(), Some("NSEC ."));
        for wrong in
            [&[1, 1, 0x40, 0, 1, 0x62][..], &[0, 1, 0x62, 0, 1, 0x62], &[0, 0], &[0, 33], &[0, 2, 0x62]]
        {
            assert_eq!(nsec_of(wrong), None, "{wrong:?}");
        }
        assert_eq!(nsec_of(&[&[0, 33][..], &[0xff; 33]].concat()), None);
    }

    #[test]
    fn no_form_is_much_longer_than_a_text_may_be() {
        const PART: usize = 16;
        let windows: Vec<u8> =
            (0..=255).flat_map(|number| [&[number, 32][..], &[0xff; 32]].concat()).collect();
        let keys = [&[0, 1, 0, 0, 0, 0xf0, 0][..], &[0xff; 0xf000]].concat();
        for text in [of(nsec, &[&[0][..], &windows].concat()), of(https, &keys)] {
            let length = text.map_or(0, |text| text.len());
            assert!((MAX_TEXT_BYTES..MAX_TEXT_BYTES + PART).contains(&length), "{length}");
        }
    }
}
