//! Where the body of a message ends.

use super::parser::Header;

/// What the headers of one message say about its framing.
#[derive(Default)]
pub struct Framing {
    /// `Content-Length`.
    pub length: Option<u64>,
    /// Whether the body comes in chunks.
    pub chunked: bool,
    /// A length that is none, or two that differ.
    pub bad_length: bool,
    /// What the connection is to become.
    pub upgrade: Option<Upgrade>,
}

/// Protocols that a connection can become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Upgrade {
    WebSocket,
    Http2,
    Other,
}

impl Framing {
    /// Takes note of a header.
    pub fn note(&mut self, header: &Header<'_>) {
        let value: &[u8] = &header.value;
        match header.name.len() {
            14 if header.name.eq_ignore_ascii_case(b"content-length") => {
                let parsed = std::str::from_utf8(value)
                    .ok()
                    .filter(|v| !v.starts_with('+'))
                    .and_then(|v| v.parse().ok());
                self.bad_length |=
                    parsed.is_none() || self.length.is_some_and(|length| Some(length) != parsed);
                self.length = self.length.or(parsed);
            }
            17 if header.name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.chunked = value.len() >= 7
                    && value
                        .rsplit(|&b| b == b',')
                        .next()
                        .is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked"));
            }
            7 if header.name.eq_ignore_ascii_case(b"upgrade") => {
                self.upgrade = Some(if value.eq_ignore_ascii_case(b"websocket") {
                    Upgrade::WebSocket
                } else if value.eq_ignore_ascii_case(b"h2c") {
                    Upgrade::Http2
                } else {
                    Upgrade::Other
                });
            }
            _ => {}
        }
    }
}
