//! TLS 1.0 to 1.3 and SSL 3 (RFC 8446, RFC 5246, RFC 6101), and the handshakes of DTLS (RFC 6347).
//!
//! Only plain handshake records are read: hellos, and up to TLS 1.2 certificates. A direction is over when it
//! changes to ciphers, sends application data, or loses bytes.

mod certificate;
mod ciphers;
mod der;
mod dtls;
pub mod fields;
mod hello;

pub use hello::Carrier;

use crate::bytes::{Reader, be16, be24, byte};
use crate::{Classifier, Context, Dissector, Protocol, Trigger, Verdict};
use lookback_session::record::Direction;

/// Longest record: 2^14 bytes and what old ciphers may add (RFC 5246 section 6.2.3).
const MAX_RECORD: u16 = 16 * 1024 + 2048;
/// Longest handshake message put together, in bytes; a longer one ends the direction.
const MAX_MESSAGE: usize = 128 * 1024;
/// What a message costs of the work for a packet.
const MESSAGE_WORK: usize = 2_000;

mod content {
    pub const CHANGE_CIPHER_SPEC: u8 = 20;
    pub const ALERT: u8 = 21;
    pub const HANDSHAKE: u8 = 22;
    pub const APPLICATION_DATA: u8 = 23;
}

mod handshake {
    pub const CLIENT_HELLO: u8 = 1;
    pub const SERVER_HELLO: u8 = 2;
    pub const CERTIFICATE: u8 = 11;
}

/// One direction of a connection.
#[derive(Default)]
struct Side {
    /// A record header that is not whole yet.
    header: [u8; 5],
    /// Bytes of the header that are there.
    header_length: usize,
    /// Bytes of the record at hand still to come.
    record_left: usize,
    /// Content type of the record at hand.
    content: u8,
    /// A handshake message that is not whole yet, at most [`MAX_MESSAGE`] bytes.
    message: Vec<u8>,
    /// Whether ciphers were changed to; after that only a second hello may be plain.
    is_changed: bool,
    is_over: bool,
}

/// The state of one connection.
#[derive(Default)]
struct Tls {
    sides: [Side; 2],
}

impl Dissector for Tls {
    fn name(&self) -> &'static str {
        "tls"
    }

    fn held_bytes(&self) -> usize {
        self.sides.iter().map(|side| side.message.len()).sum()
    }

    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict {
        if let Some(side) = self.sides.get_mut(direction) {
            side.take(context, data);
        }
        self.verdict()
    }

    fn gap(&mut self, _: &mut Context<'_>, direction: Direction, _: u64) -> Verdict {
        if let Some(side) = self.sides.get_mut(direction) {
            side.end();
        }
        self.verdict()
    }
}

impl Tls {
    fn verdict(&self) -> Verdict {
        if self.sides.iter().all(|side| side.is_over) { Verdict::Done } else { Verdict::More }
    }
}

impl Side {
    fn end(&mut self) {
        self.is_over = true;
        self.message = Vec::new();
    }

    fn take(&mut self, context: &mut Context<'_>, data: &[u8]) {
        let mut rest = data;
        while !rest.is_empty() && !self.is_over {
            if self.record_left == 0 {
                let (taken, after) = rest.split_at((5 - self.header_length).min(rest.len()));
                for (slot, byte) in self.header.iter_mut().skip(self.header_length).zip(taken) {
                    *slot = *byte;
                }
                self.header_length += taken.len();
                rest = after;
                if self.header_length == 5 {
                    self.header_length = 0;
                    self.begin_record(context);
                }
                continue;
            }
            let (body, after) = rest.split_at(self.record_left.min(rest.len()));
            self.record_left -= body.len();
            rest = after;
            if self.content == content::HANDSHAKE {
                self.handshake(context, body);
            }
        }
    }

    fn begin_record(&mut self, context: &mut Context<'_>) {
        let [content, major, _, high, low] = self.header;
        let length = u16::from_be_bytes([high, low]);
        if !(content::CHANGE_CIPHER_SPEC..=content::APPLICATION_DATA + 1).contains(&content) || major != 3 {
            context.malformed("tls", "record header");
            self.end();
            return;
        }
        if length > MAX_RECORD {
            context.tag("tls:record-too-long");
            context.malformed("tls", "record too long");
            self.end();
            return;
        }
        self.content = content;
        self.record_left = usize::from(length);
        match content {
            content::CHANGE_CIPHER_SPEC => self.is_changed = true,
            content::APPLICATION_DATA => self.end(),
            content::ALERT => {}
            // The finished message is the first under the new ciphers, unless a retried hello follows in TLS 1.3.
            content::HANDSHAKE if !self.message.is_empty() && !self.may_begin(&self.message) => self.end(),
            _ => {}
        }
    }

    fn handshake(&mut self, context: &mut Context<'_>, data: &[u8]) {
        // Whole messages in one piece, as most are, need no copy.
        let mut rest = data;
        if self.message.is_empty() {
            while let Some((kind, body, after)) = whole_message(rest) {
                if !self.may_begin(rest) {
                    self.end();
                    return;
                }
                message(context, kind, body);
                rest = after;
            }
            self.message.extend_from_slice(rest);
            self.check_message(context);
            return;
        }
        self.message.extend_from_slice(rest);
        if !self.check_message(context) {
            return;
        }
        let gathered = std::mem::take(&mut self.message);
        let mut rest = gathered.as_slice();
        while let Some((kind, body, after)) = whole_message(rest) {
            if !self.may_begin(rest) {
                self.end();
                return;
            }
            message(context, kind, body);
            rest = after;
        }
        if rest.len() == gathered.len() {
            self.message = gathered;
        } else {
            self.message = rest.to_vec();
            self.check_message(context);
        }
    }

    /// Whether `data` may begin a plain message here: after ciphers were changed to, only a hello that was asked for
    /// again, and its answer, are plain (RFC 8446 appendix D.4).
    fn may_begin(&self, data: &[u8]) -> bool {
        !self.is_changed
            || matches!(byte(data, 0), None | Some(handshake::CLIENT_HELLO | handshake::SERVER_HELLO))
    }

    /// Ends the direction if what is gathered can be no message. Whether it goes on.
    fn check_message(&mut self, context: &mut Context<'_>) -> bool {
        let is_too_long = be24(&self.message, 1).is_some_and(|length| length as usize > MAX_MESSAGE);
        if is_too_long && !self.is_changed {
            context.malformed("tls", "message too long");
        }
        if is_too_long || !self.may_begin(&self.message) {
            self.end();
            return false;
        }
        true
    }
}

/// Splits a whole handshake message off: type, body, rest.
fn whole_message(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let length = usize::try_from(be24(data, 1)?).ok()?;
    Some((byte(data, 0)?, data.get(4..4 + length)?, data.get(4 + length..)?))
}

fn message(context: &mut Context<'_>, kind: u8, body: &[u8]) {
    if !context.takes("tls", MESSAGE_WORK) {
        return;
    }
    match kind {
        handshake::CLIENT_HELLO => {
            hello::client(context, body, Carrier::Tcp);
        }
        handshake::SERVER_HELLO => {
            hello::server(context, body);
        }
        handshake::CERTIFICATE => certificates(context, body),
        _ => {}
    }
}

/// The certificate list of TLS 1.2 and before (RFC 5246 section 7.4.2).
fn certificates(context: &mut Context<'_>, body: &[u8]) {
    let Some(mut list) = Reader::new(body).vector24() else {
        context.malformed("tls", "certificate list");
        return;
    };
    while let Some(one) = list.vector24() {
        certificate::add(context, one.rest());
    }
}

/// Reads a client hello (handshake body) that some other protocol carried, as QUIC does.
pub fn client_hello(context: &mut Context<'_>, body: &[u8], carrier: Carrier) -> bool {
    hello::client(context, body, carrier)
}

/// Whether `data` begins with a handshake record that begins a client's or server's hello.
pub fn begins_handshake(data: &[u8]) -> bool {
    byte(data, 0) == Some(content::HANDSHAKE)
        && byte(data, 1) == Some(3)
        && byte(data, 2).is_some_and(|minor| minor <= 4)
        && be16(data, 3).is_none_or(|length| (4..=MAX_RECORD).contains(&length))
        && matches!(byte(data, 5), None | Some(handshake::CLIENT_HELLO | handshake::SERVER_HELLO))
}

fn classify(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    if begins_handshake(data) && !context.has_label("tls") {
        context.label("tls");
        context.attach(Box::new(Tls::default()));
    }
}

/// An SSL 2 client hello that offers SSL 3 or more (RFC 5246 appendix E.2).
fn classify_v2(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let length = be16(data, 0).map_or(0, |word| usize::from(word & 0x7fff));
    if byte(data, 3) == Some(3)
        && byte(data, 4).is_some_and(|minor| minor <= 3)
        && length + 2 == data.len()
        && be16(data, 5).is_some_and(|ciphers| ciphers % 3 == 0)
        && !context.has_label("tls")
    {
        context.label("tls");
        context.attach(Box::new(Tls::default()));
    }
}

/// TLS and DTLS.
pub static PROTOCOL: Protocol = Protocol {
    name: "tls",
    fields: fields::ALL,
    classifiers: &[
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"\x16\x03" }, classify },
        Classifier { trigger: Trigger::TcpMagic { offset: 2, bytes: b"\x01\x03" }, classify: classify_v2 },
        Classifier { trigger: Trigger::UdpMagic { offset: 0, bytes: b"\x16\xfe" }, classify: dtls::classify },
        Classifier {
            trigger: Trigger::UdpMagic { offset: 0, bytes: b"\x16\x01\x00" },
            classify: dtls::classify,
        },
        Classifier { trigger: Trigger::UdpMagic { offset: 0, bytes: b"\x17\xfe" }, classify: dtls::classify },
    ],
};
