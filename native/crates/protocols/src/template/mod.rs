//! A protocol to copy. It is compiled and tested but not registered, as no such protocol exists.
//!
//! To add a protocol: copy this folder under the protocol's name, change `fields.rs`, `parser.rs` and this file, and
//! add one line to [`crate::PROTOCOLS`]. Add the folder's seeds to `tests/mutation.rs` and a fuzz target.
//! A dissector keeps these promises:
//!
//! * State is bounded, and the bound stands beside the buffer ([`MAX_PARTIAL`]).
//! * No input makes it panic: bytes are read with [`crate::bytes`], never by index.
//! * What cannot be read is counted by name ([`Context::malformed`]), and ends or resumes at a stated point.
//! * Bytes missed ([`Dissector::gap`]) end it, unless the protocol can find its place again.

pub mod fields;
mod parser;

use crate::{Classifier, Context, Dissector, Protocol, Trigger, Verdict};
use lookback_session::record::Direction;
use parser::Front;

/// Most bytes of an unfinished message: header and the longest name.
const MAX_PARTIAL: usize = 2 + 1 + 255;

/// The state of one flow: what each direction has begun and not finished.
#[derive(Default)]
struct Template {
    /// At most [`MAX_PARTIAL`] bytes each.
    partial: [Vec<u8>; 2],
}

impl Dissector for Template {
    fn name(&self) -> &'static str {
        "template"
    }

    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict {
        let Some(partial) = self.partial.get_mut(direction) else { return Verdict::Done };
        let mut rest = data;
        while !rest.is_empty() {
            // Only what an unfinished message may still need is copied.
            let before = partial.len();
            let room = MAX_PARTIAL.saturating_sub(before).min(rest.len());
            partial.extend_from_slice(rest.get(..room).unwrap_or_default());
            match parser::front(partial) {
                Front::Message(name, length) => {
                    context.fields.add_bytes(&fields::NAME, &name.to_ascii_lowercase());
                    rest = rest.get(length.saturating_sub(before)..).unwrap_or_default();
                    partial.clear();
                }
                Front::Partial => return Verdict::More,
                Front::Other => {
                    context.malformed("template", "magic");
                    return Verdict::Done;
                }
            }
        }
        Verdict::More
    }
}

/// Asked when the first payload of a direction begins with the magic.
fn classify(context: &mut Context<'_>, _: Direction, _: &[u8]) {
    context.label("template");
    context.attach(Box::new(Template::default()));
}

/// What the folder exports.
pub static PROTOCOL: Protocol = Protocol {
    name: "template",
    fields: fields::ALL,
    classifiers: &[Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: parser::MAGIC }, classify }],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SessionFacts, Settings};
    use lookback_session::{Fields, Value};

    fn play(pieces: &[&[u8]]) -> (Fields, Vec<(&'static str, &'static str)>) {
        let settings = Settings::default();
        let (mut fields, mut attached, mut reclassify, mut malformed) =
            (Fields::new(), Vec::new(), Vec::new(), Vec::new());
        let mut context = Context {
            session: SessionFacts { ip_protocol: 6, port: [1, 2], first_packet_us: 0, now_us: 0 },
            settings: &settings,
            fields: &mut fields,
            attached: &mut attached,
            reclassify: &mut reclassify,
            malformed: &mut malformed,
            digests: &mut crate::digest::Digests::default(),
            work: &mut crate::Work::default(),
        };
        let mut template = Template::default();
        for piece in pieces {
            if template.payload(&mut context, 0, piece) == Verdict::Done {
                break;
            }
        }
        (fields, malformed)
    }

    #[test]
    fn messages_come_in_any_pieces() {
        let names = Some(Value::Texts(vec!["abc".into(), "d".into()]));
        for pieces in
            [&[&b"\xfeT\x03Abc\xfeT\x01d"[..]][..], &[b"\xfe", b"T\x03A", b"bc\xfe", b"T\x01", b"d"]]
        {
            let (fields, malformed) = play(pieces);
            assert_eq!(fields.get(&fields::NAME), names);
            assert!(malformed.is_empty());
        }
    }

    #[test]
    fn something_else_is_counted() {
        let (_, malformed) = play(&[b"\xfeT\x01a", b"nonsense"]);
        assert_eq!(malformed, [("template", "magic")]);
    }
}
