//! S7 communication over ISO transport (RFC 1006, COTP of ISO 8073): the connection request looks like any other, so
//! the label comes with the first data.

use crate::bytes::{be16, byte};
use crate::{Classifier, Context, Dissector, Protocol, Trigger, Verdict};
use lookback_session::record::Direction;

/// Payloads looked at before giving up.
const MAX_PAYLOADS: u32 = 8;
const DATA: u8 = 0xf0;
const CONNECTION_REQUEST: u8 = 0xe0;

/// Counts what was looked at.
struct AwaitData(u32);

impl Dissector for AwaitData {
    fn name(&self) -> &'static str {
        "s7comm"
    }

    fn payload(&mut self, context: &mut Context<'_>, _: Direction, data: &[u8]) -> Verdict {
        self.0 += 1;
        match s7_label(data) {
            Some(label) => context.label(label),
            None if self.0 < MAX_PAYLOADS => return Verdict::More,
            None => {}
        }
        Verdict::Done
    }
}

/// The protocol byte behind TPKT (4 bytes) and a COTP data header (3 bytes).
fn s7_label(data: &[u8]) -> Option<&'static str> {
    if byte(data, 0) != Some(3) || byte(data, 5) != Some(DATA) {
        return None;
    }
    match byte(data, 7) {
        Some(0x32) => Some("s7comm"),
        Some(0x72) => Some("s7comm-plus"),
        _ => None,
    }
}

fn classify(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let fits = be16(data, 2).is_some_and(|length| usize::from(length) >= 7);
    if fits && matches!(byte(data, 5), Some(CONNECTION_REQUEST | DATA | 0xd0)) {
        context.attach(Box::new(AwaitData(0)));
    }
}

/// S7 communication.
pub static PROTOCOL: Protocol = Protocol {
    name: "s7comm",
    fields: &[],
    classifiers: &[Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"\x03\x00" }, classify }],
};
