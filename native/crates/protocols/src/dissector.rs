//! The dissector interface: what a protocol folder implements and registers.
//!
//! A flow asks the [`crate::Registry`] to classify the first payload of each direction; a classifier that recognises
//! its protocol adds a label and may attach a [`Dissector`], which then sees that flow's payload in order.
//! Dissectors keep bounded state (state the bound beside the buffer), never panic on any input, and count what they
//! cannot read with [`Context::malformed`].

use crate::digest::Digests;
use crate::work::{TOO_MUCH, Work};
use lookback_session::{Fields, core_fields, record::Direction};

/// Options that dissectors follow; names and defaults are Arkime's settings of the same name.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `maxReqBody`: bytes of a request body kept as a field. Default 256.
    pub max_request_body: usize,
    /// `reqBodyOnlyUtf8`: keep a request body only when it is UTF-8. Default true.
    pub request_body_only_utf8: bool,
    /// `supportSha256`: hash bodies with SHA-256 too. Default false.
    pub sha256: bool,
    /// Hash HTTP bodies with MD5. Default true.
    pub md5: bool,
    /// `parseQSValue`: keep values of query strings. Default false.
    pub query_string_values: bool,
    /// `parseCookieValue`: keep values of cookies. Default false.
    pub cookie_values: bool,
    /// `parseHTTPHeaderRequestAll`: keep every request header with its value. Default false.
    pub http_request_headers: bool,
    /// `parseHTTPHeaderResponseAll`: keep every response header with its value. Default false.
    pub http_response_headers: bool,
    /// `parseHTTPHeaderValueMaxLen`: longest header value kept, in bytes. Default 1024.
    pub http_header_value_max: usize,
    /// `parseDNSRecordAll`: keep every kind of DNS record. Default false.
    pub dns_all_records: bool,
    /// `dnsOutputAnswers`: keep DNS answers as objects. Default true.
    pub dns_answers: bool,
    /// `ja3Strings`: keep the text that JA3 hashes. Default false.
    pub ja3_strings: bool,
    /// `ja4Raw`: keep the unhashed JA4. Default false.
    pub ja4_raw: bool,
    /// `magicMode` other than `none`: recognise the type of bodies. Default true.
    pub body_magic: bool,
    /// `disableParsers`: names of protocols that are not dissected (labels stay).
    pub disabled: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_request_body: 256,
            request_body_only_utf8: true,
            sha256: false,
            md5: true,
            query_string_values: false,
            cookie_values: false,
            http_request_headers: false,
            http_response_headers: false,
            http_header_value_max: 1024,
            dns_all_records: false,
            dns_answers: true,
            ja3_strings: false,
            ja4_raw: false,
            body_magic: true,
            disabled: Vec::new(),
        }
    }
}

/// What a dissector may know of its session.
#[derive(Clone, Copy, Debug)]
pub struct SessionFacts {
    /// IP protocol number (6 TCP, 17 UDP, 132 SCTP).
    pub ip_protocol: u8,
    /// Source and destination port.
    pub port: [u16; 2],
    /// First packet of the flow, microseconds since 1970.
    pub first_packet_us: i64,
    /// The packet that carries the payload at hand, microseconds since 1970.
    pub now_us: i64,
}

/// What a dissector sees and changes while it handles payload.
pub struct Context<'a> {
    /// Facts of the session.
    pub session: SessionFacts,
    /// Options.
    pub settings: &'a Settings,
    /// The session's fields.
    pub fields: &'a mut Fields,
    /// Dissectors that asked to join with [`Context::attach`]; the flow takes them after the call.
    pub attached: &'a mut Vec<Box<dyn Dissector>>,
    /// What [`Context::classify_anew`] was given: at most one payload a direction, in that order.
    pub reclassify: &'a mut Vec<(Direction, Vec<u8>)>,
    /// Malformed messages, by protocol and reason; the flow adds them to capture statistics.
    pub malformed: &'a mut Vec<(&'static str, &'static str)>,
    /// Makes digests of bodies, of many flows at once.
    pub digests: &'a mut Digests,
    /// What is left of the work for the packet at hand.
    pub work: &'a mut Work,
}

impl Context<'_> {
    /// Adds a protocol label.
    pub fn label(&mut self, label: &str) {
        self.fields.add_text(&core_fields::PROTOCOLS, label);
    }
    /// Whether the session carries the label.
    pub fn has_label(&self, label: &str) -> bool {
        self.fields.has_text(&core_fields::PROTOCOLS, label)
    }
    /// Adds a tag.
    pub fn tag(&mut self, tag: &str) {
        self.fields.add_text(&core_fields::TAGS, tag);
    }
    /// Lets `dissector` see this flow's payload from the payload at hand on.
    pub fn attach(&mut self, dissector: Box<dyn Dissector>) {
        self.attached.push(dissector);
    }
    /// Has payload classified anew (the inside of a proxy connection) by the flow after the call: that of each direction,
    /// in the order in which it is given. The flow also classifies the next payload of a direction without any anew; a
    /// dissector that asks for this returns [`Verdict::Done`], or the inner protocol would see bytes twice.
    pub fn classify_anew(&mut self, direction: Direction, payload: Vec<u8>) {
        self.reclassify.retain(|(other, _)| *other != direction);
        self.reclassify.push((direction, payload));
    }
    /// Takes what a step costs of the work for the packet at hand. Whether it was there; if not, that is counted.
    pub fn takes(&mut self, protocol: &'static str, units: usize) -> bool {
        let is_there = self.work.take(units);
        if self.work.tell() {
            self.malformed(protocol, TOO_MUCH);
        }
        is_there
    }
    /// Counts a malformed message.
    pub fn malformed(&mut self, protocol: &'static str, reason: &'static str) {
        self.malformed.push((protocol, reason));
    }
}

/// Whether a dissector wants more of its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Call again with the next payload.
    More,
    /// Detach; the flow drops the dissector.
    Done,
}

/// One protocol's state in one flow.
pub trait Dissector: Send {
    /// Name of the protocol folder; two dissectors of one name are never attached to one flow.
    fn name(&self) -> &'static str;
    /// Handles payload: for TCP the next bytes in order of one direction, else one datagram's payload.
    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict;
    /// Bytes of payload that it keeps until there is more of them: all but some hundreds. They count against what open
    /// sessions may hold.
    fn held_bytes(&self) -> usize {
        0
    }
    /// `bytes` of one direction were never seen (TCP only); the payload that follows comes after the gap.
    fn gap(&mut self, context: &mut Context<'_>, direction: Direction, bytes: u64) -> Verdict {
        let _ = (context, direction, bytes);
        Verdict::Done
    }
    /// A row of the flow's segment is about to be made, and the segment goes on: add what is complete and was only waited
    /// for, such as digests. What is pending stays so.
    fn settle(&mut self, context: &mut Context<'_>) {
        let _ = context;
    }
    /// The flow's segment is about to be saved: add what is pending. `last` is none if a segment follows; else it says of
    /// each direction whether its end (FIN) was seen and no byte before that is missing.
    fn save(&mut self, context: &mut Context<'_>, last: Option<[bool; 2]>) {
        let _ = (context, last);
    }
}

/// When a classifier is asked.
#[derive(Clone, Copy, Debug)]
pub enum Trigger {
    /// TCP payload that has `bytes` at `offset`.
    TcpMagic {
        /// Position in the first payload.
        offset: usize,
        /// Bytes that must stand there.
        bytes: &'static [u8],
    },
    /// UDP payload that has `bytes` at `offset`.
    UdpMagic {
        /// Position in the first payload.
        offset: usize,
        /// Bytes that must stand there.
        bytes: &'static [u8],
    },
    /// Any TCP payload with this port at either end.
    TcpPort(u16),
    /// Any UDP payload with this port at either end.
    UdpPort(u16),
    /// SCTP payload with this payload protocol id.
    SctpProtocol(u32),
    /// Every first payload over TCP.
    AnyTcp,
    /// Every first payload over UDP.
    AnyUdp,
}

/// Recognises a protocol by a flow's first payload of one direction.
pub struct Classifier {
    /// When to ask.
    pub trigger: Trigger,
    /// Looks at the payload; adds labels and attaches dissectors through the context.
    pub classify: fn(&mut Context<'_>, Direction, &[u8]),
}

/// What a protocol folder exports; listing it in `PROTOCOLS` (lib.rs) is the one line that registers it.
pub struct Protocol {
    /// Name of the folder, as in `disableParsers`.
    pub name: &'static str,
    /// Fields that it fills.
    pub fields: &'static [&'static lookback_session::FieldSpec],
    /// How it is recognised.
    pub classifiers: &'static [Classifier],
}
