//! DTLS (RFC 6347): records in datagrams, handshake messages in fragments.

use super::{Carrier, MAX_MESSAGE, MESSAGE_WORK, certificates, content, handshake, hello};
use crate::bytes::{Reader, be16, byte};
use crate::{Context, Dissector, Verdict};
use lookback_session::record::Direction;

/// A handshake message put together from fragments that arrive in order; others are left out.
#[derive(Default)]
struct Side {
    sequence: u16,
    total: usize,
    /// What arrived, at most [`MAX_MESSAGE`] bytes.
    message: Vec<u8>,
}

#[derive(Default)]
struct Dtls {
    sides: [Side; 2],
}

impl Dissector for Dtls {
    fn name(&self) -> &'static str {
        "dtls"
    }

    fn held_bytes(&self) -> usize {
        self.sides.iter().map(|side| side.message.len()).sum()
    }

    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict {
        let Some(side) = self.sides.get_mut(direction) else { return Verdict::Done };
        let mut records = Reader::new(data);
        while let Some((kind, epoch, body)) = record(&mut records) {
            // From epoch 1 on records are encrypted.
            if kind == content::APPLICATION_DATA {
                return Verdict::Done;
            }
            if kind == content::HANDSHAKE && epoch == 0 {
                side.fragments(context, body);
            }
        }
        Verdict::More
    }
}

/// Type, epoch and body of the next record.
fn record<'a>(records: &mut Reader<'a>) -> Option<(u8, u16, &'a [u8])> {
    let kind = records.u8()?;
    records.u16()?; // version
    let epoch = records.u16()?;
    records.take(6)?; // sequence number
    Some((kind, epoch, records.vector16()?.rest()))
}

impl Side {
    fn fragments(&mut self, context: &mut Context<'_>, body: &[u8]) {
        let mut reader = Reader::new(body);
        while !reader.is_empty() {
            if self.fragment(context, &mut reader).is_none() {
                context.malformed("dtls", "fragment");
                return;
            }
        }
    }

    fn fragment(&mut self, context: &mut Context<'_>, reader: &mut Reader<'_>) -> Option<()> {
        let kind = reader.u8()?;
        let total = usize::try_from(reader.u24()?).ok()?;
        let sequence = reader.u16()?;
        let offset = usize::try_from(reader.u24()?).ok()?;
        let length = usize::try_from(reader.u24()?).ok()?;
        let fragment = reader.take(length)?;
        if total > MAX_MESSAGE || offset + length > total {
            return None;
        }
        if offset == 0 {
            self.sequence = sequence;
            self.total = total;
            self.message.clear();
        }
        if (self.sequence, self.total, self.message.len()) != (sequence, total, offset) {
            return Some(()); // out of order or sent again
        }
        self.message.extend_from_slice(fragment);
        if self.message.len() == total {
            let message = std::mem::take(&mut self.message);
            if !context.takes("dtls", MESSAGE_WORK) {
                return Some(());
            }
            match kind {
                handshake::CLIENT_HELLO => {
                    hello::client(context, &message, Carrier::Datagrams);
                }
                handshake::CERTIFICATE => certificates(context, &message),
                _ => {}
            }
        }
        Some(())
    }
}

/// Version 1.0, 1.2 or 1.3, or the 0x0100 of early OpenSSL; the length of the first record fits.
pub fn classify(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let is_known = matches!(be16(data, 1), Some(0xfeff | 0xfefd | 0xfefc | 0x0100));
    let fits = be16(data, 11).is_some_and(|length| usize::from(length) + 13 <= data.len());
    if is_known && fits && !context.has_label("dtls") {
        context.label("dtls");
        if byte(data, 0) == Some(content::HANDSHAKE) {
            context.attach(Box::new(Dtls::default()));
        }
    }
}
