//! The syntax of DNS messages (RFC 1035 section 4): header, names with compression, questions, records.

use crate::bytes::{Reader, be16, be32};
use std::fmt::Write;

/// Most pointers followed in one name.
const MAX_POINTERS: usize = 16;
/// Longest name in wire form (RFC 1035 section 2.3.4).
const MAX_NAME: usize = 255;
/// Room that is made for a name at first.
const USUAL_NAME: usize = 32;

/// A message whose records are read one by one.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    data: &'a [u8],
    at: usize,
    /// The word of flags, operation and response code.
    pub flags: u16,
    /// Records in question, answer, authority and additional section.
    pub counts: [u16; 4],
}

/// A question.
#[derive(Debug)]
pub struct Question {
    /// Name in lower case; empty for the root.
    pub name: String,
    /// Record type.
    pub kind: u16,
    /// Class.
    pub class: u16,
}

/// A record.
#[derive(Debug)]
pub struct Record<'a> {
    /// Owner in lower case; empty for the root.
    pub name: String,
    /// Record type.
    pub kind: u16,
    /// Class.
    pub class: u16,
    /// Seconds.
    pub ttl: u32,
    /// The data.
    pub data: &'a [u8],
    /// Offset of the data in the message, for names in it.
    pub data_at: usize,
}

impl<'a> Message<'a> {
    /// Reads the header.
    pub fn new(data: &'a [u8]) -> Option<Self> {
        Some(Self {
            data,
            at: 12,
            flags: be16(data, 2)?,
            counts: [be16(data, 4)?, be16(data, 6)?, be16(data, 8)?, be16(data, 10)?],
        })
    }
    /// Whether this is a response.
    pub fn is_response(&self) -> bool {
        self.flags & 0x8000 != 0
    }
    /// Operation.
    pub fn opcode(&self) -> u8 {
        (self.flags >> 11 & 15) as u8
    }
    /// Response code.
    pub fn status(&self) -> u8 {
        (self.flags & 15) as u8
    }
    /// The next question.
    pub fn question(&mut self) -> Option<Question> {
        let (name, at) = self.name(self.at)?;
        let question = Question { name, kind: be16(self.data, at)?, class: be16(self.data, at + 2)? };
        self.at = at + 4;
        Some(question)
    }
    /// The next record.
    pub fn record(&mut self) -> Option<Record<'a>> {
        let (name, at) = self.name(self.at)?;
        let length = usize::from(be16(self.data, at + 8)?);
        let record = Record {
            name,
            kind: be16(self.data, at)?,
            class: be16(self.data, at + 2)?,
            ttl: be32(self.data, at + 4)?,
            data: self.data.get(at + 10..at + 10 + length)?,
            data_at: at + 10,
        };
        self.at = at + 10 + length;
        Some(record)
    }

    /// The name at `start` in lower case and the offset behind it. Bytes that are not printable become `\ddd`
    /// (RFC 1035 section 5.1), unless the label is UTF-8 as multicast DNS allows.
    pub fn name(&self, start: usize) -> Option<(String, usize)> {
        let mut text = String::with_capacity(USUAL_NAME);
        let (mut at, mut end, mut pointers, mut wire) = (start, None, 0, 0);
        loop {
            let length = *self.data.get(at)?;
            match length {
                0 => return Some((text, end.unwrap_or(at + 1))),
                1..=63 => {
                    let label = self.data.get(at + 1..at + 1 + usize::from(length))?;
                    wire += label.len() + 1;
                    if wire > MAX_NAME {
                        return None;
                    }
                    if !text.is_empty() {
                        text.push('.');
                    }
                    push_label(&mut text, label);
                    at += 1 + usize::from(length);
                }
                0xc0..=0xff => {
                    let target = usize::from(be16(self.data, at)? & 0x3fff);
                    end = end.or(Some(at + 2));
                    pointers += 1;
                    // Pointers go backwards only; the count bounds what a chain may cost.
                    if pointers > MAX_POINTERS || target >= at {
                        return None;
                    }
                    at = target;
                }
                64..=0xbf => return None,
            }
        }
    }
}

fn push_label(text: &mut String, label: &[u8]) {
    if label.iter().all(|byte| matches!(byte, b'!'..=b'~') && *byte != b'.' && *byte != b'\\') {
        text.reserve(label.len() + 1);
        text.extend(label.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
        return;
    }
    if label.is_ascii() || std::str::from_utf8(label).is_err() {
        for &byte in label {
            match byte {
                b'.' | b'\\' => text.extend(['\\', char::from(byte)]),
                b' '..=b'~' => text.push(char::from(byte.to_ascii_lowercase())),
                _ => {
                    // Writing into a String cannot fail.
                    let _ = write!(text, "\\{byte:03}");
                }
            }
        }
    } else if let Ok(utf8) = std::str::from_utf8(label) {
        text.push_str(&utf8.to_lowercase());
    }
}

/// The character strings of a TXT record, joined.
pub fn text_strings(data: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(data);
    let mut text = Vec::with_capacity(data.len());
    while let Some(string) = reader.vector8() {
        text.extend_from_slice(string.rest());
    }
    text
}

/// Decodes a name in punycode (RFC 3492, RFC 5890 section 2.3.2.1); none if a label is broken.
pub fn decode_punycode(name: &str) -> Option<String> {
    let mut decoded = String::with_capacity(name.len());
    for (index, label) in name.split('.').enumerate() {
        if index > 0 {
            decoded.push('.');
        }
        match label.strip_prefix("xn--") {
            Some(rest) => decoded.extend(decode_label(rest)?),
            None => decoded.push_str(label),
        }
    }
    Some(decoded)
}

fn decode_label(label: &str) -> Option<Vec<char>> {
    const BASE: u32 = 36;
    let (basic, extended) = label.rsplit_once('-').unwrap_or(("", label));
    let mut output: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (128u32, 0u32, 72u32);
    let mut digits = extended.bytes();
    let mut first = true;
    while let Some(mut byte) = digits.next() {
        let before = i;
        let (mut weight, mut k) = (1u32, BASE);
        loop {
            let digit = match byte {
                b'a'..=b'z' => u32::from(byte - b'a'),
                b'A'..=b'Z' => u32::from(byte - b'A'),
                b'0'..=b'9' => u32::from(byte - b'0') + 26,
                _ => return None,
            };
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
            byte = digits.next()?;
        }
        let length = u32::try_from(output.len()).ok()? + 1;
        bias = adapt(i - before, length, first);
        first = false;
        n = n.checked_add(i / length)?;
        i %= length;
        output.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(output)
}

fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punycode_of_the_rfc() {
        // RFC 3492 section 7.1, (I) Russian and (B) Chinese.
        assert_eq!(
            decode_punycode("xn--b1abfaaepdrnnbgefbadotcwatmq2g4l").as_deref(),
            Some("почемужеонинеговорятпорусски")
        );
        assert_eq!(
            decode_punycode("xn--ihqwcrb4cv8a8dqg056pqjye.example").as_deref(),
            Some("他们为什么不说中文.example")
        );
        assert_eq!(decode_punycode("xn--\u{e9}"), None);
        assert_eq!(decode_punycode("xn--99999999999"), None);
    }

    #[test]
    fn a_pointer_must_go_backwards() {
        let mut data = vec![0; 12];
        data.extend([0xc0, 12, 0, 1, 0, 1]);
        assert!(Message::new(&data).and_then(|mut message| message.question()).is_none());
        let mut data = vec![0; 12];
        data.extend(b"\x01A\x00\x02bc\xc0\x0c\0\x01\0\x01");
        let message = Message::new(&data).expect("twelve bytes of header");
        assert_eq!(message.name(15), Some(("bc.a".to_owned(), 20)));
    }
}
