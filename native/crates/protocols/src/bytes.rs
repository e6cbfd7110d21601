//! Checked reading of untrusted bytes: every read either succeeds or says that the bytes end too early.

use lookback_session::Address;
use std::net::IpAddr;

/// Big-endian number of two bytes at `at`, if they are there.
pub fn be16(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// Big-endian number of three bytes at `at`, if they are there.
pub fn be24(data: &[u8], at: usize) -> Option<u32> {
    match data.get(at..at.checked_add(3)?)? {
        &[a, b, c] => Some(u32::from_be_bytes([0, a, b, c])),
        _ => None,
    }
}

/// Big-endian number of four bytes at `at`, if they are there.
pub fn be32(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// Little-endian number of two bytes at `at`, if they are there.
pub fn le16(data: &[u8], at: usize) -> Option<u16> {
    be16(data, at).map(u16::swap_bytes)
}

/// Little-endian number of four bytes at `at`, if they are there.
pub fn le32(data: &[u8], at: usize) -> Option<u32> {
    be32(data, at).map(u32::swap_bytes)
}

/// The byte at `at`, if it is there.
pub fn byte(data: &[u8], at: usize) -> Option<u8> {
    data.get(at).copied()
}

/// Whether `needle` stands somewhere in `data`.
pub fn contains(data: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(data, needle).is_some()
}

/// Whether `needle` (in lower case) stands somewhere in the first 512 bytes of `data`, in any case.
pub fn contains_ignoring_case(data: &[u8], needle: &[u8]) -> bool {
    let head = data.get(..data.len().min(512)).unwrap_or_default();
    head.windows(needle.len().max(1)).any(|window| window.eq_ignore_ascii_case(needle))
}

/// A cursor over bytes; a read past the end gives `None` and leaves the cursor where it was.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte of `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Self { data }
    }
    /// Bytes not yet read.
    pub fn rest(&self) -> &'a [u8] {
        self.data
    }
    /// Whether everything was read.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.data.split_at_checked(count)?;
        self.data = rest;
        Some(taken)
    }
    /// One byte.
    pub fn u8(&mut self) -> Option<u8> {
        let (&first, rest) = self.data.split_first()?;
        self.data = rest;
        Some(first)
    }
    /// Two bytes, big-endian.
    pub fn u16(&mut self) -> Option<u16> {
        let (bytes, rest) = self.data.split_first_chunk::<2>()?;
        self.data = rest;
        Some(u16::from_be_bytes(*bytes))
    }
    /// Three bytes, big-endian.
    pub fn u24(&mut self) -> Option<u32> {
        let (&[a, b, c], rest) = self.data.split_first_chunk::<3>()?;
        self.data = rest;
        Some(u32::from_be_bytes([0, a, b, c]))
    }
    /// Four bytes, big-endian.
    pub fn u32(&mut self) -> Option<u32> {
        let (bytes, rest) = self.data.split_first_chunk::<4>()?;
        self.data = rest;
        Some(u32::from_be_bytes(*bytes))
    }
    /// Bytes behind a one-byte length.
    pub fn vector8(&mut self) -> Option<Reader<'a>> {
        let mut ahead = *self;
        let length = usize::from(ahead.u8()?);
        let taken = ahead.take(length)?;
        *self = ahead;
        Some(Reader::new(taken))
    }
    /// Bytes behind a two-byte length.
    pub fn vector16(&mut self) -> Option<Reader<'a>> {
        let mut ahead = *self;
        let length = usize::from(ahead.u16()?);
        let taken = ahead.take(length)?;
        *self = ahead;
        Some(Reader::new(taken))
    }
    /// Bytes behind a three-byte length.
    pub fn vector24(&mut self) -> Option<Reader<'a>> {
        let mut ahead = *self;
        let length = usize::try_from(ahead.u24()?).ok()?;
        let taken = ahead.take(length)?;
        *self = ahead;
        Some(Reader::new(taken))
    }
}

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The two lower-case hex digits of a byte.
pub fn hex_pair(byte: u8) -> [u8; 2] {
    [HEX_DIGITS[usize::from(byte >> 4)], HEX_DIGITS[usize::from(byte & 15)]]
}

/// Two lower-case hex digits a byte.
pub fn hex(bytes: &[u8]) -> compact_str::CompactString {
    let digits: smallvec::SmallVec<[u8; 128]> = bytes.iter().flat_map(|byte| hex_pair(*byte)).collect();
    std::str::from_utf8(&digits).unwrap_or_default().into()
}

/// Decodes base64 (RFC 4648 section 4); padding may be missing, other characters end it.
pub fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u8);
    for &byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            decoded.push((bits >> held & 0xff) as u8);
        }
    }
    (!decoded.is_empty()).then_some(decoded)
}

/// Encodes base64 with padding (RFC 4648 section 4).
pub fn base64_encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..4 {
            let six = (word >> (18 - 6 * digit) & 63) as usize;
            text.push(if digit <= group.len() { char::from(DIGITS[six]) } else { '=' });
        }
    }
    text
}

/// The 16-byte form of an address.
pub fn mapped(ip: IpAddr) -> Address {
    match ip {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}
