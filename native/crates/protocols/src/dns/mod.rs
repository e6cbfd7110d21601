//! DNS (RFC 1035) over UDP and TCP, multicast DNS (RFC 6762) and LLMNR (RFC 4795).
//!
//! A session gets one object a question (name, type, class); responses add their records to the question's object. Of a
//! message with several questions only the first counts, as with Arkime.
//! Records are read from responses only. Over TCP messages are put together up to their 64 KiB limit.

pub mod fields;
mod names;
mod parser;
mod rdata;

use crate::bytes::{be16, mapped};
use crate::work::{TOO_MUCH, Work};
use crate::{Classifier, Context, Dissector, Protocol, Trigger, Verdict};
use compact_str::CompactString;
use lookback_session::record::Direction;
use lookback_session::{FieldSpec, Fields, View};
use parser::{Message, Question, Record};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most questions of a message; more means that it is no DNS message.
const MAX_QUESTIONS: u16 = 10;
/// Highest operation taken for DNS (5 is UPDATE).
const MAX_OPCODE: u8 = 5;
/// Shortest message: a header and a root question.
const MIN_MESSAGE: usize = 17;
/// What a message costs of the work for a packet, and each object that may be its question's.
const MESSAGE_WORK: usize = 700;
const OBJECT_WORK: usize = 20;
/// What a record costs, each byte of its owner's name, and each value that is looked at because it may be one of the record's.
const RECORD_WORK: usize = 400;
const NAME_WORK: usize = 3;
/// Each byte of a record's data, and of the text that is made of it.
const DATA_WORK: usize = 2;
const TEXT_WORK: usize = 6;
const VALUE_WORK: usize = 5;
/// Each value of an object that gets more of them; and one for so many bytes of the session, which make room for them.
const CHANGE_WORK: usize = 50;
const BYTES_FOR_WORK: usize = 16;
/// An object that has as many bytes gets no more records: each message that changes one copies it. As many addresses as a
/// field may have, of a name of usual length, are less.
const MAX_OBJECT_BYTES: usize = 128 << 10;
/// Shown for the empty name.
const ROOT: &str = "<root>";

/// Which of the protocols of one syntax.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Dns,
    Multicast,
    Llmnr,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Kind::Dns => "dns",
            Kind::Multicast => "mdns",
            Kind::Llmnr => "llmnr",
        }
    }
}

/// Handles one message. Whether it was one.
fn message(context: &mut Context<'_>, kind: Kind, data: &[u8]) -> bool {
    let Some(mut message) = Message::new(data).filter(|_| data.len() >= MIN_MESSAGE) else {
        context.malformed("dns", "header");
        return false;
    };
    let [questions, ..] = message.counts;
    if questions > MAX_QUESTIONS || message.opcode() > MAX_OPCODE {
        context.malformed("dns", "header");
        return false;
    }
    if questions == 0 && !message.is_response() {
        context.malformed("dns", "no question");
        return false;
    }
    let mut first: Option<Question> = None;
    for _ in 0..questions {
        let Some(question) = message.question() else {
            context.malformed("dns", "question");
            return false;
        };
        first.get_or_insert(question);
    }
    if !context.takes("dns", MESSAGE_WORK + OBJECT_WORK * context.fields.len()) {
        return false;
    }
    context.label(kind.label());
    if questions != 1 && kind == Kind::Dns {
        context.tag("dns:qdcount-not-1");
    }
    let all_sections = context.settings.dns_all_records;
    let mut outcome = Outcome::new(all_sections);
    let asked = Asked::of(first.as_ref(), &mut outcome);
    let opcode = names::opcode(message.opcode());
    let known = context.fields.latest_object(&fields::DNS, |object| asked.is_of(object));
    let object = known.and_then(|place| context.fields.object_at(place));
    let is_new =
        message.is_response() || object.is_none_or(|object| object.text(&fields::OPCODE) != Some(opcode));
    if known.is_some() && is_new && !context.takes("dns", context.fields.byte_len() / BYTES_FOR_WORK) {
        return false;
    }
    let keep_answers = context.settings.dns_answers;
    let work = &mut *context.work;
    let mut fill = |object: &mut Fields| {
        work.take(CHANGE_WORK * object.len());
        object.add_text(&fields::OPCODE, opcode);
        if message.is_response() {
            response(object, &mut message, all_sections, keep_answers, work, &mut outcome);
        }
    };
    match known {
        Some(place) if is_new => {
            context.fields.change_object(place, fill);
        }
        Some(_) => {}
        None => {
            let mut object = asked.object();
            fill(&mut object);
            context.fields.add_object(&fields::DNS, &object);
        }
    }
    if outcome.bad_punycode {
        context.tag("bad-punycode");
    }
    if outcome.bad_record {
        context.malformed("dns", "record");
    }
    if context.work.tell() {
        context.malformed("dns", TOO_MUCH);
    }
    true
}

/// What to report once the object is let go, and what is known while it is filled.
struct Outcome {
    bad_punycode: bool,
    bad_record: bool,
    /// Which field mail exchanges belong to: without all sections their addresses, mostly in the additional one, are not
    /// read, and they are hosts as others.
    mail_servers: &'static FieldSpec,
    /// The name that addresses were of last, and which of [`OWNERS`] it is; none when there are more since.
    owner: Option<(CompactString, [bool; 3])>,
}

impl Outcome {
    fn new(all_sections: bool) -> Self {
        Self {
            bad_punycode: false,
            bad_record: false,
            mail_servers: if all_sections { &fields::MAILSERVER_HOST } else { &fields::HOST },
            owner: None,
        }
    }
}

/// What a question is known by.
struct Asked<'q> {
    wire_name: &'q str,
    name: CompactString,
    kind: Option<CompactString>,
    class: Option<CompactString>,
}

impl<'q> Asked<'q> {
    fn of(question: Option<&'q Question>, outcome: &mut Outcome) -> Self {
        let wire_name = question.map_or("", |question| &question.name);
        Self {
            wire_name,
            name: shown(wire_name, outcome),
            kind: question.map(|question| names::record_type(question.kind)),
            class: question.map(|question| names::class(question.class & 0x7fff)),
        }
    }
    /// Whether the object is that of the question.
    fn is_of(&self, object: View<'_>) -> bool {
        object.text(&fields::QUERY_HOST) == Some(self.name.as_str())
            && object.text(&fields::QUERY_TYPE) == self.kind.as_deref()
            && object.text(&fields::QUERY_CLASS) == self.class.as_deref()
    }
    /// A new object for the question.
    fn object(&self) -> Fields {
        let mut object = Fields::new();
        object.add_text(&fields::QUERY_HOST, &self.name);
        if let (Some(kind), Some(class)) = (&self.kind, &self.class) {
            object.add_text(&fields::QUERY_TYPE, kind);
            object.add_text(&fields::QUERY_CLASS, class);
        }
        if !self.wire_name.is_empty() {
            add_host(&mut object, self.wire_name, &self.name);
        }
        object
    }
}

fn add_host(object: &mut Fields, wire_name: &str, name: &str) {
    object.add_text(&fields::HOST, name);
    if name != wire_name {
        object.add_text(&fields::PUNY, wire_name);
    }
}

/// A name as shown: decoded when internationalised.
fn shown(wire_name: &str, outcome: &mut Outcome) -> CompactString {
    if wire_name.is_empty() {
        return CompactString::const_new(ROOT);
    }
    if wire_name.starts_with("xn--") || wire_name.contains(".xn--") {
        match parser::decode_punycode(wire_name) {
            Some(decoded) => return decoded.into(),
            None => outcome.bad_punycode = true,
        }
    }
    wire_name.into()
}

/// Adds what a response says. Without `all_sections` only the answer section is read.
fn response(
    object: &mut Fields,
    message: &mut Message<'_>,
    all_sections: bool,
    keep_answers: bool,
    work: &mut Work,
    outcome: &mut Outcome,
) {
    object.add_text(&fields::STATUS, names::status(message.status()));
    for flag in names::flags(message.flags) {
        object.add_text(&fields::HEADER_FLAGS, flag);
    }
    let [_, answers, authorities, additional] = message.counts.map(u32::from);
    let records = if all_sections { answers + authorities + additional } else { answers };
    let mut count = 0;
    for _ in 0..records {
        if !work.take(RECORD_WORK) {
            break;
        }
        let Some(record) = message.record() else {
            outcome.bad_record = true;
            break;
        };
        // OPT describes the message, not the name (RFC 6891).
        // A signature by the root says nothing of the name either.
        if record.kind == 41 || (record.kind == 46 && rdata::is_signed_by_root(&record)) {
            continue;
        }
        count += 1;
        if object.byte_len() >= MAX_OBJECT_BYTES {
            object.drop_value();
            continue;
        }
        work.take(NAME_WORK * record.name.len() + DATA_WORK * record.data.len());
        let answer = answer(object, message, &record, work, outcome);
        if keep_answers {
            object.add_object(&fields::ANSWERS, &answer);
        }
    }
    if keep_answers {
        object.increment(&fields::ANSWER_COUNT, count);
    }
}

/// The object of one record; adds its names and addresses to the question's object.
fn answer(
    object: &mut Fields,
    message: &Message<'_>,
    record: &Record<'_>,
    work: &mut Work,
    outcome: &mut Outcome,
) -> Fields {
    let mut owns = |object: &mut Fields, field: &'static FieldSpec, name: &str| {
        if !object.add_text(field, name) {
            work.take(VALUE_WORK * object.len());
        }
    };
    let mut answer = Fields::new();
    let name = shown(&record.name, outcome);
    answer.add_text(&fields::ANSWER_NAME, &name);
    answer.add_text(&fields::ANSWER_TYPE, &names::record_type(record.kind));
    // Multicast DNS keeps its cache-flush bit in the class (RFC 6762 section 10.2).
    answer.add_text(&fields::ANSWER_CLASS, &names::class(record.class & 0x7fff));
    answer.add_integer(&fields::ANSWER_TTL, i64::from(record.ttl));
    let done = match (record.kind, record.data.len()) {
        (1, 4) => <[u8; 4]>::try_from(record.data)
            .map(|octets| address(object, &mut answer, &name, Ipv4Addr::from(octets).into(), work, outcome))
            .ok(),
        (28, 16) => <[u8; 16]>::try_from(record.data)
            .map(|octets| address(object, &mut answer, &name, Ipv6Addr::from(octets).into(), work, outcome))
            .ok(),
        (1 | 28, _) => None,
        (2, _) => message.name(record.data_at).map(|(server, _)| {
            let server = shown(&server, outcome);
            answer.add_text(&fields::ANSWER_NS, &server);
            owns(object, &fields::NAMESERVER_HOST, &server);
            outcome.owner = None;
        }),
        (5, _) => message.name(record.data_at).map(|(wire_name, _)| {
            let target = shown(&wire_name, outcome);
            answer.add_text(&fields::ANSWER_CNAME, &target);
            owns(object, &fields::HOST, &target);
            if target != wire_name {
                owns(object, &fields::PUNY, &wire_name);
            }
            outcome.owner = None;
        }),
        (15, _) => {
            be16(record.data, 0).zip(message.name(record.data_at + 2)).map(|(preference, (server, _))| {
                let server = shown(&server, outcome);
                answer.add_integer(&fields::ANSWER_PRIORITY, i64::from(preference));
                answer.add_text(&fields::ANSWER_MX, &server);
                owns(object, outcome.mail_servers, &server);
                outcome.owner = None;
            })
        }
        (16, _) => {
            answer.add_bytes(&fields::ANSWER_TXT, &parser::text_strings(record.data));
            Some(())
        }
        (43, _) => rdata::ds(record).map(|text| keep(&mut answer, &fields::ANSWER_DS, &text, work)),
        (46, _) => {
            rdata::rrsig(message, record).map(|text| keep(&mut answer, &fields::ANSWER_RRSIG, &text, work))
        }
        (47, _) => {
            rdata::nsec(message, record).map(|text| keep(&mut answer, &fields::ANSWER_NSEC, &text, work))
        }
        (65, _) => {
            rdata::https(message, record).map(|text| keep(&mut answer, &fields::ANSWER_HTTPS, &text, work))
        }
        (257, _) => rdata::caa(record).map(|text| keep(&mut answer, &fields::ANSWER_CAA, &text, work)),
        _ => Some(()),
    };
    outcome.bad_record |= done.is_none();
    answer
}

fn keep(answer: &mut Fields, field: &'static FieldSpec, text: &str, work: &mut Work) {
    work.take(TEXT_WORK * text.len());
    answer.add_text(field, text);
}

/// An address belongs to the name asked for, to a name server, to a mail exchange, or to several of them.
static OWNERS: [(&FieldSpec, &FieldSpec); 3] = [
    (&fields::HOST, &fields::IP),
    (&fields::NAMESERVER_HOST, &fields::NAMESERVER_IP),
    (&fields::MAILSERVER_HOST, &fields::MAILSERVER_IP),
];

fn address(
    object: &mut Fields,
    answer: &mut Fields,
    name: &str,
    ip: IpAddr,
    work: &mut Work,
    outcome: &mut Outcome,
) {
    let ip = mapped(ip);
    answer.add_ip(&fields::ANSWER_IP, ip);
    // Addresses of one name follow each other.
    let known = outcome.owner.as_ref().filter(|(of, _)| of == name).map(|(_, is)| *is);
    let is = known.unwrap_or_else(|| {
        work.take(OWNERS.len() * VALUE_WORK * object.len());
        let is = OWNERS.map(|(hosts, _)| object.has_text(hosts, name));
        outcome.owner = Some((name.into(), is));
        is
    });
    for ((_, addresses), _) in OWNERS.iter().zip(is).filter(|(_, is)| *is) {
        if !object.add_ip(addresses, ip) {
            work.take(VALUE_WORK * object.len());
        }
    }
}

/// Messages in datagrams; holds nothing.
struct Datagrams(Kind);

impl Dissector for Datagrams {
    fn name(&self) -> &'static str {
        "dns"
    }
    fn payload(&mut self, context: &mut Context<'_>, _: Direction, data: &[u8]) -> Verdict {
        message(context, self.0, data);
        Verdict::More
    }
}

/// Messages in a stream, each behind its length (RFC 1035 section 4.2.2).
#[derive(Default)]
struct Stream {
    /// A message that is not whole yet, by direction, with its length: at most 65,537 bytes each.
    partial: [Vec<u8>; 2],
}

impl Dissector for Stream {
    fn name(&self) -> &'static str {
        "dns"
    }

    fn held_bytes(&self) -> usize {
        self.partial.iter().map(Vec::len).sum()
    }

    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict {
        let Some(partial) = self.partial.get_mut(direction) else { return Verdict::Done };
        let mut rest = data;
        if !partial.is_empty() {
            // First the two bytes of the length, then what it says.
            if partial.len() < 2 {
                let (taken, after) = rest.split_at(1.min(rest.len()));
                partial.extend_from_slice(taken);
                rest = after;
            }
            let Some(length) = be16(partial, 0).map(usize::from) else { return Verdict::More };
            if length < MIN_MESSAGE {
                context.malformed("dns", "length");
                return Verdict::Done;
            }
            let (taken, after) = rest.split_at((length + 2).saturating_sub(partial.len()).min(rest.len()));
            partial.extend_from_slice(taken);
            rest = after;
            if partial.len() < length + 2 {
                return Verdict::More;
            }
            let whole = std::mem::take(partial);
            if !next(context, whole.get(2..).unwrap_or_default()) {
                return Verdict::Done;
            }
        }
        while let Some(length) = be16(rest, 0).map(usize::from) {
            if length < MIN_MESSAGE {
                context.malformed("dns", "length");
                return Verdict::Done;
            }
            let Some(body) = rest.get(2..2 + length) else { break };
            if !next(context, body) {
                return Verdict::Done;
            }
            rest = rest.get(2 + length..).unwrap_or_default();
        }
        partial.extend_from_slice(rest);
        Verdict::More
    }
}

/// Takes the next message of a stream; one for which this packet's work is used up is passed over. Whether more may come.
fn next(context: &mut Context<'_>, body: &[u8]) -> bool {
    context.work.is_used_up() || message(context, Kind::Dns, body) || context.work.is_used_up()
}

fn datagrams(context: &mut Context<'_>, kind: Kind) {
    context.attach(Box::new(Datagrams(kind)));
}

fn stream(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let header = data.get(2..).unwrap_or_default();
    let plausible = Message::new(header).is_none_or(|message| {
        message.opcode() <= MAX_OPCODE && message.counts.first().is_some_and(|count| *count <= MAX_QUESTIONS)
    });
    if plausible && !context.has_label("dns") {
        context.label("dns");
        context.attach(Box::new(Stream::default()));
    }
}

/// DNS.
pub static PROTOCOL: Protocol = Protocol {
    name: "dns",
    fields: fields::ALL,
    classifiers: &[
        Classifier { trigger: Trigger::UdpPort(53), classify: |context, _, _| datagrams(context, Kind::Dns) },
        Classifier {
            trigger: Trigger::UdpPort(5353),
            classify: |context, _, _| datagrams(context, Kind::Multicast),
        },
        Classifier {
            trigger: Trigger::UdpPort(5355),
            classify: |context, _, _| datagrams(context, Kind::Llmnr),
        },
        Classifier { trigger: Trigger::TcpPort(53), classify: stream },
    ],
};
