//! Reading DER (X.690): tag, definite length, content; nothing is copied, nothing recurses.

use std::fmt::Write;

/// Tags met in certificates.
pub mod tag {
    #![allow(missing_docs, reason = "named after the ASN.1 types themselves")]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OID: u8 = 0x06;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

/// A cursor over a run of values.
#[derive(Clone, Copy, Debug)]
pub struct Der<'a> {
    data: &'a [u8],
}

impl<'a> Der<'a> {
    /// Starts at the first value of `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Self { data }
    }
    /// The next value: its tag and content.
    pub fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.data.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (bytes.iter().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.data = rest;
        Some((tag, content))
    }
    /// The content of the next value if it has `tag`; else the cursor stays.
    pub fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let (found, content) = ahead.next()?;
        if found != tag {
            return None;
        }
        *self = ahead;
        Some(content)
    }
    /// A cursor into the next value if it has `tag`.
    pub fn enter(&mut self, tag: u8) -> Option<Der<'a>> {
        self.take(tag).map(Der::new)
    }
}

/// Text of a string value, whatever its string type.
pub fn text(tag: u8, content: &[u8]) -> String {
    match tag {
        tag::BMP_STRING => {
            let units: Vec<u16> =
                content.as_chunks::<2>().0.iter().map(|&unit| u16::from_be_bytes(unit)).collect();
            String::from_utf16_lossy(&units)
        }
        tag::UNIVERSAL_STRING => content
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&unit| char::from_u32(u32::from_be_bytes(unit)).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        _ => match std::str::from_utf8(content) {
            Ok(text) => text.to_owned(),
            // Teletex strings are Latin-1 in practice.
            Err(_) => content.iter().map(|&byte| char::from(byte)).collect(),
        },
    }
}

/// Dotted form of an object identifier.
pub fn oid(content: &[u8]) -> String {
    // Writing into a String cannot fail.
    let mut text = String::with_capacity(3 * content.len());
    let mut arc = 0u64;
    let mut first = true;
    for &byte in content {
        arc = arc << 7 & (u64::MAX >> 1) | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if first {
            let top = (arc / 40).min(2);
            let _ = write!(text, "{top}.{}", arc - top * 40);
            first = false;
        } else {
            let _ = write!(text, ".{arc}");
        }
        arc = 0;
    }
    text
}

/// Seconds since 1970 of a UTCTime or GeneralizedTime.
pub fn time(tag: u8, content: &[u8]) -> Option<i64> {
    let digits = |at: usize, count: usize| -> Option<i64> {
        let part = content.get(at..at + count)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |sum, d| sum * 10 + i64::from(d - b'0')))
    };
    let (year, at) = match tag {
        // Years from 50 on are of the 20th century (RFC 5280 section 4.1.2.5.1).
        tag::UTC_TIME => (digits(0, 2).map(|year| if year < 50 { 2000 + year } else { 1900 + year })?, 2),
        tag::GENERALIZED_TIME => (digits(0, 4)?, 4),
        _ => return None,
    };
    let (month, day, hour, minute) =
        (digits(at, 2)?, digits(at + 2, 2)?, digits(at + 4, 2)?, digits(at + 6, 2)?);
    let second = digits(at + 8, 2);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 {
        return None;
    }
    let mut rest = content.get(at + if second.is_some() { 10 } else { 8 }..)?;
    if let [b'.', fraction @ ..] = rest {
        rest = fraction.trim_ascii_start();
        while let [b'0'..=b'9', after @ ..] = rest {
            rest = after;
        }
    }
    let offset = match rest {
        [sign @ (b'+' | b'-'), a, b, c, d, ..] if [a, b, c, d].iter().all(|d| d.is_ascii_digit()) => {
            let value = |digit: &u8| i64::from(digit - b'0');
            let seconds = (value(a) * 10 + value(b)) * 3600 + (value(c) * 10 + value(d)) * 60;
            if *sign == b'+' { seconds } else { -seconds }
        }
        _ => 0,
    };
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second.unwrap_or(0) - offset)
}

/// Days from 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March put the leap day last.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(time(tag::UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(tag::UTC_TIME, b"491231235959Z"), Some(2_524_607_999));
        assert_eq!(time(tag::UTC_TIME, b"500101000000Z"), Some(-631_152_000));
        assert_eq!(time(tag::GENERALIZED_TIME, b"20000229120000.5Z"), Some(951_825_600));
        assert_eq!(time(tag::GENERALIZED_TIME, b"20000229120000+0130"), Some(951_820_200));
        assert_eq!(time(tag::UTC_TIME, b"701301000000Z"), None);
        assert_eq!(time(tag::UTC_TIME, b"7001"), None);
    }

    #[test]
    fn identifiers_and_lengths() {
        assert_eq!(oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]), "1.2.840.113549.1.1.1");
        assert_eq!(Der::new(&[0x30, 0x81, 1, 7]).next(), Some((0x30, &[7u8][..])));
        assert_eq!(Der::new(&[0x30, 0x80, 1, 7]).next(), None);
        assert_eq!(Der::new(&[0x30, 5, 1, 7]).next(), None);
    }
}
