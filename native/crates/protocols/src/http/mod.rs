//! HTTP/1.0 and 1.1 (RFC 9110, RFC 9112): requests and responses of one connection, pipelined or not.
//!
//! Each direction is a small machine: head, body (by length, by chunks or until close), next head. A head is read
//! in place when it lies whole in one payload, else gathered up to [`MAX_HEAD`] bytes. Bodies are hashed as they
//! pass and not kept. After `CONNECT` or an upgrade the connection belongs to the inner protocol, which is
//! classified anew. HTTP/2 is labelled by its preface.

mod body;
pub mod fields;
mod framing;
mod parser;
mod request;

use crate::{Classifier, Context, Dissector, Protocol, Trigger, Verdict};
use body::{Body, Ended};
use framing::{Framing, Upgrade};
use lookback_session::record::{DESTINATION, Direction, SOURCE};
use parser::{Header, Headers, StartLine};
use std::collections::VecDeque;

/// Most bytes of a message head (start line and headers); a longer one ends the direction's dissection.
pub const MAX_HEAD: usize = 64 * 1024;
/// Most headers read of one message.
const MAX_HEADERS: usize = 256;
/// Most requests remembered until their responses come (pipelining).
const MAX_PENDING: usize = 128;
/// Most bytes of chunk size lines and trailers in a row without body bytes.
const MAX_CHUNK_LINE: usize = 16 * 1024;
/// What a message costs of the work for a packet, and each of its headers.
const MESSAGE_WORK: usize = 500;
const HEADER_WORK: usize = 200;
/// What a chunk costs.
const CHUNK_WORK: usize = 50;

/// Where a direction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In or before a message head.
    Head,
    /// In a body of known length, with the bytes still to come.
    Length(u64),
    /// In a body that ends with the connection.
    UntilClose,
    /// In a chunk size line, with the size read so far, and whether its digits are over.
    ChunkSize(u64, bool),
    /// In a chunk's data, with the bytes still to come.
    ChunkData(u64),
    /// Between a chunk's data and the next size line.
    ChunkEnd,
    /// In the trailers, with the length of the line so far.
    Trailer(usize),
    /// Bytes were missed where they mattered: waiting for a payload that begins a message.
    Lost,
    /// The inner protocol of a tunnel or upgrade, not yet classified.
    Tunnel,
    /// Nothing more to read.
    Over,
}

/// One direction.
struct Side {
    state: State,
    /// A head that did not fit in one payload, at most [`MAX_HEAD`] bytes.
    head: Vec<u8>,
    body: Body,
    /// Bytes of chunk framing since the last body byte, at most [`MAX_CHUNK_LINE`].
    framing: usize,
}

impl Side {
    fn new() -> Self {
        Self { state: State::Head, head: Vec::new(), body: Body::default(), framing: 0 }
    }
}

/// What a request means for the shape of its response.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Ordinary,
    NoBody,
    Tunnel,
}

/// What both directions share.
struct Exchange {
    /// Requests without a response yet, at most [`MAX_PENDING`].
    pending: VecDeque<Expected>,
    /// Direction of the requests: the source's until a request is seen elsewhere.
    request_direction: Direction,
    /// Both directions left HTTP.
    upgraded: bool,
    /// Bytes of either direction were missed: requests and responses may be paired wrongly.
    missed: bool,
    /// Bodies whose digests are still to come.
    ended: Ended,
}

/// The state of one connection.
struct Http {
    sides: [Side; 2],
    exchange: Exchange,
}

impl Http {
    fn new() -> Self {
        Self {
            sides: [Side::new(), Side::new()],
            exchange: Exchange {
                pending: VecDeque::new(),
                request_direction: SOURCE,
                upgraded: false,
                missed: false,
                ended: Ended::default(),
            },
        }
    }

    fn verdict(&self) -> Verdict {
        if self.sides.iter().all(|side| side.state == State::Over) { Verdict::Done } else { Verdict::More }
    }
}

impl Dissector for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict {
        let mut rest = data;
        while !rest.is_empty() {
            let Some(side) = self.sides.get_mut(direction) else { break };
            rest = side.advance(&mut self.exchange, context, direction, rest);
            if std::mem::take(&mut self.exchange.upgraded) {
                for side in &mut self.sides {
                    side.state = State::Tunnel;
                }
            }
        }
        let verdict = if context.reclassify.is_empty() { self.verdict() } else { Verdict::Done };
        self.exchange.ended.settle(context, verdict == Verdict::Done);
        verdict
    }

    fn gap(&mut self, context: &mut Context<'_>, direction: Direction, bytes: u64) -> Verdict {
        let Some(side) = self.sides.get_mut(direction) else { return Verdict::Done };
        side.skip(&mut self.exchange, direction, bytes);
        let verdict = self.verdict();
        self.exchange.ended.settle(context, verdict == Verdict::Done);
        verdict
    }

    fn held_bytes(&self) -> usize {
        self.sides.iter().map(|side| side.head.len()).sum()
    }

    fn settle(&mut self, context: &mut Context<'_>) {
        self.exchange.ended.settle(context, false);
    }

    fn save(&mut self, context: &mut Context<'_>, last: Option<[bool; 2]>) {
        if let Some(whole) = last {
            for (side, is_whole) in self.sides.iter_mut().zip(whole) {
                if side.state == State::UntilClose {
                    if !is_whole {
                        side.body.lose();
                    }
                    side.body.finish(context, &mut self.exchange.ended);
                    side.state = State::Over;
                }
            }
        }
        self.exchange.ended.save(context);
    }
}

impl Side {
    /// Takes some bytes from the front of `data` (not empty) and gives back the rest.
    fn advance<'d>(
        &mut self,
        exchange: &mut Exchange,
        context: &mut Context<'_>,
        direction: Direction,
        data: &'d [u8],
    ) -> &'d [u8] {
        match self.state {
            State::Head => self.take_head(exchange, context, direction, data),
            State::Length(left) => {
                let (body, rest) = split(data, left);
                self.body.update(context, body, direction == exchange.request_direction);
                let left = left - body.len() as u64;
                self.state = State::Length(left);
                if left == 0 {
                    self.finish(exchange, context);
                }
                rest
            }
            State::UntilClose => {
                self.body.update(context, data, direction == exchange.request_direction);
                &[]
            }
            State::ChunkData(left) => {
                let (body, rest) = split(data, left);
                self.body.update(context, body, direction == exchange.request_direction);
                let left = left - body.len() as u64;
                self.state = if left == 0 { State::ChunkEnd } else { State::ChunkData(left) };
                self.framing = 0;
                rest
            }
            State::ChunkSize(..) | State::ChunkEnd | State::Trailer(_) => {
                self.take_framing(exchange, context, direction, data)
            }
            State::Lost => {
                let (line, _) = parser::split_line(data);
                if parser::start_line(line).is_some() {
                    self.state = State::Head;
                    return data;
                }
                &[]
            }
            State::Tunnel => {
                let (line, _) = parser::split_line(data);
                if parser::start_line(line).is_some() {
                    self.state = State::Head;
                    return data;
                }
                self.state = State::Over;
                context.classify_anew(direction, data.to_vec());
                &[]
            }
            State::Over => &[],
        }
    }

    fn give_up(&mut self, context: &mut Context<'_>, reason: &'static str) {
        context.malformed("http", reason);
        self.end();
    }

    /// The bytes at hand begin nothing that may come here. After bytes were missed that may be for the wrong request,
    /// and a message can begin later; else nothing more is read.
    fn stray(
        &mut self,
        exchange: &mut Exchange,
        context: &mut Context<'_>,
        direction: Direction,
        reason: &'static str,
    ) {
        if exchange.missed {
            self.lose_place(exchange, direction);
        } else {
            self.give_up(context, reason);
        }
    }

    /// Waits for a payload that begins a message. Which requests are still without a response is unknown once responses
    /// were passed over.
    fn lose_place(&mut self, exchange: &mut Exchange, direction: Direction) {
        self.state = State::Lost;
        self.head = Vec::new();
        self.body.clear();
        if direction != exchange.request_direction {
            exchange.pending.clear();
        }
    }

    /// Reads nothing more.
    fn end(&mut self) {
        self.state = State::Over;
        self.head = Vec::new();
        self.body.clear();
    }

    /// Bytes were missed.
    fn skip(&mut self, exchange: &mut Exchange, direction: Direction, bytes: u64) {
        exchange.missed = true;
        match &mut self.state {
            State::Length(left) | State::ChunkData(left) if bytes < *left => {
                *left -= bytes;
                self.body.lose();
            }
            State::UntilClose => self.body.lose(),
            State::Over | State::Tunnel => {}
            _ => self.lose_place(exchange, direction),
        }
    }

    fn finish(&mut self, exchange: &mut Exchange, context: &mut Context<'_>) {
        self.body.finish(context, &mut exchange.ended);
        self.state = State::Head;
    }

    fn take_head<'d>(
        &mut self,
        exchange: &mut Exchange,
        context: &mut Context<'_>,
        direction: Direction,
        data: &'d [u8],
    ) -> &'d [u8] {
        if self.head.is_empty() {
            let blank = data.iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
            let data = data.get(blank..).unwrap_or_default();
            if data.is_empty() {
                return data;
            }
            if !parser::may_begin(data) {
                self.stray(exchange, context, direction, "start line");
                return &[];
            }
            let Some(length) = parser::head_length(data, 0) else {
                self.gather(context, data);
                return &[];
            };
            let (head, rest) = data.split_at(length.min(data.len()));
            self.read_head(exchange, context, direction, head);
            return rest;
        }
        let before = self.head.len();
        if !self.gather(context, data) {
            return &[];
        }
        // The empty line may straddle the payloads.
        let Some(length) = parser::head_length(&self.head, before.saturating_sub(3)) else { return &[] };
        let head = std::mem::take(&mut self.head);
        let rest = data.get(length.saturating_sub(before)..).unwrap_or_default();
        self.read_head(exchange, context, direction, head.get(..length).unwrap_or_default());
        rest
    }

    /// Keeps a part of a head. Whether it fits.
    fn gather(&mut self, context: &mut Context<'_>, data: &[u8]) -> bool {
        if self.head.len() + data.len() > MAX_HEAD {
            context.tag("http:headers-too-long");
            self.give_up(context, "headers too long");
            return false;
        }
        self.head.extend_from_slice(data);
        true
    }

    fn read_head(
        &mut self,
        exchange: &mut Exchange,
        context: &mut Context<'_>,
        direction: Direction,
        head: &[u8],
    ) {
        context.takes("http", MESSAGE_WORK);
        let (line, headers) = parser::split_line(head);
        match parser::start_line(line) {
            Some(StartLine::Request { method, target, version }) => {
                exchange.request_direction = direction;
                let framing = read_request(context, direction, method, target, version, headers);
                self.begin_request_body(exchange, context, method, version, &framing);
            }
            Some(StartLine::Response { version, status }) => {
                context.fields.add_integer(&fields::STATUS, i64::from(status));
                context.fields.add_bytes(&fields::SERVER_VERSION, version);
                let is_request_side = direction == exchange.request_direction;
                let mut framing = Framing::default();
                for header in Headers::new(headers).take(MAX_HEADERS) {
                    framing.note(&header);
                    note_header(context, &header, is_request_side);
                }
                self.begin_response_body(exchange, context, status, &framing);
            }
            None => self.stray(exchange, context, direction, "start line"),
        }
        if context.work.is_used_up() {
            self.end();
        }
    }

    fn begin_request_body(
        &mut self,
        exchange: &mut Exchange,
        context: &mut Context<'_>,
        method: &[u8],
        version: &[u8],
        framing: &Framing,
    ) {
        if method == b"PRI" && version == b"2.0" {
            context.label("http2");
            self.state = State::Over;
            return;
        }
        if exchange.pending.len() < MAX_PENDING {
            exchange.pending.push_back(match method {
                b"HEAD" => Expected::NoBody,
                b"CONNECT" => Expected::Tunnel,
                _ => Expected::Ordinary,
            });
        }
        self.begin_body(context, framing, State::Head);
    }

    fn begin_response_body(
        &mut self,
        exchange: &mut Exchange,
        context: &mut Context<'_>,
        status: u16,
        framing: &Framing,
    ) {
        if status == 101 {
            match framing.upgrade {
                Some(Upgrade::WebSocket) => context.label("websocket"),
                Some(Upgrade::Http2) => context.label("http2"),
                _ => {}
            }
            exchange.upgraded = true;
            return;
        }
        if status < 200 {
            return; // interim: the final response is still to come
        }
        let expected = exchange.pending.pop_front().unwrap_or(Expected::Ordinary);
        if expected == Expected::Tunnel && status < 300 {
            exchange.upgraded = true;
            return;
        }
        if expected == Expected::NoBody || matches!(status, 204 | 304) {
            return;
        }
        self.begin_body(context, framing, State::UntilClose);
    }

    /// `otherwise` is what comes without a length: nothing after a request, bytes until close after a response.
    fn begin_body(&mut self, context: &mut Context<'_>, framing: &Framing, otherwise: State) {
        if framing.bad_length && !framing.chunked {
            self.give_up(context, "content-length");
            return;
        }
        self.framing = 0;
        self.state = match framing.length {
            _ if framing.chunked => State::ChunkSize(0, false),
            Some(0) => State::Head,
            Some(length) => State::Length(length),
            None => otherwise,
        };
    }

    fn take_framing<'d>(
        &mut self,
        exchange: &mut Exchange,
        context: &mut Context<'_>,
        direction: Direction,
        data: &'d [u8],
    ) -> &'d [u8] {
        for (index, &byte) in data.iter().enumerate() {
            let rest = data.get(index + 1..).unwrap_or_default();
            self.framing += 1;
            if self.framing > MAX_CHUNK_LINE {
                context.tag("http:line-too-long");
                self.give_up(context, "chunk line too long");
                return &[];
            }
            match (self.state, byte) {
                (State::ChunkEnd, b'\r') => {}
                (State::ChunkEnd, b'\n') => self.state = State::ChunkSize(0, false),
                (State::ChunkEnd, _) => {
                    self.stray(exchange, context, direction, "chunk end");
                    return data;
                }
                (State::ChunkSize(size, _), b'\n') => {
                    if size == 0 {
                        self.state = State::Trailer(0);
                    } else {
                        if !context.takes("http", CHUNK_WORK) {
                            self.end();
                            return &[];
                        }
                        self.state = State::ChunkData(size);
                        return rest;
                    }
                }
                (State::ChunkSize(size, over), byte) => {
                    let digit = char::from(byte).to_digit(16).filter(|_| !over);
                    if digit.is_some() && size >> 56 != 0 {
                        self.give_up(context, "chunk size");
                        return &[];
                    }
                    self.state = match digit {
                        Some(digit) => State::ChunkSize(size << 4 | u64::from(digit), false),
                        None if over || matches!(byte, b'\r' | b';' | b' ' | b'\t') => {
                            State::ChunkSize(size, true)
                        }
                        None => {
                            self.stray(exchange, context, direction, "chunk size");
                            return data;
                        }
                    };
                }
                (State::Trailer(0), b'\n') => {
                    self.finish(exchange, context);
                    return rest;
                }
                (State::Trailer(_), b'\n') => self.state = State::Trailer(0),
                (State::Trailer(_), b'\r') => {}
                (State::Trailer(length), _) => self.state = State::Trailer(length + 1),
                _ => return data.get(index..).unwrap_or_default(),
            }
        }
        &[]
    }
}

fn split(data: &[u8], at: u64) -> (&[u8], &[u8]) {
    data.split_at(usize::try_from(at).unwrap_or(usize::MAX).min(data.len()))
}

fn read_request(
    context: &mut Context<'_>,
    direction: Direction,
    method: &[u8],
    target: &[u8],
    version: &[u8],
    headers: &[u8],
) -> Framing {
    debug_assert!(direction == SOURCE || direction == DESTINATION);
    context.fields.add_bytes(&fields::METHOD, method);
    context.fields.add_bytes(&fields::CLIENT_VERSION, version);
    let mut framing = Framing::default();
    let mut host = None;
    for header in Headers::new(headers).take(MAX_HEADERS) {
        framing.note(&header);
        note_header(context, &header, true);
        match header.name.len() {
            4 if header.name.eq_ignore_ascii_case(b"host") => host = Some(header.value),
            6 if header.name.eq_ignore_ascii_case(b"cookie") => request::cookies(context, &header.value),
            10 if header.name.eq_ignore_ascii_case(b"user-agent") => {
                context.fields.add_bytes(&fields::USER_AGENT, &header.value);
            }
            13 if header.name.eq_ignore_ascii_case(b"authorization") => {
                request::authorization(context, &header.value);
            }
            19 if header.name.eq_ignore_ascii_case(b"proxy-authorization") => {
                request::authorization(context, &header.value);
            }
            15 if header.name.eq_ignore_ascii_case(b"x-forwarded-for") => {
                request::forwarded_for(context, &header.value);
            }
            _ => {}
        }
    }
    request::target(context, host.as_deref(), target);
    // A WebSocket handshake is not counted among the requests of a method.
    if framing.upgrade != Some(Upgrade::WebSocket)
        && let Some((_, count)) = fields::METHOD_COUNTS.iter().find(|(name, _)| *name == method)
    {
        context.fields.increment(count, 1);
    }
    framing
}

/// Request headers with a field of their own, not repeated among the header values.
const OWN_FIELDS: [&[u8]; 3] = [b"host", b"user-agent", b"x-forwarded-for"];

fn note_header(context: &mut Context<'_>, header: &Header<'_>, is_request: bool) {
    context.takes("http", HEADER_WORK);
    let mut name: smallvec::SmallVec<[u8; 64]> = smallvec::SmallVec::from_slice(header.name);
    name.make_ascii_lowercase();
    let (names, keep, name_field, value_field) = if is_request {
        let keep = context.settings.http_request_headers && !OWN_FIELDS.contains(&name.as_slice());
        (&fields::REQUEST_HEADER, keep, &fields::REQUEST_HEADER_FIELD, &fields::REQUEST_HEADER_VALUE)
    } else {
        let keep = context.settings.http_response_headers;
        (&fields::RESPONSE_HEADER, keep, &fields::RESPONSE_HEADER_FIELD, &fields::RESPONSE_HEADER_VALUE)
    };
    context.fields.add_bytes(names, &name);
    if keep {
        let value = header.value.get(..header.value.len().min(context.settings.http_header_value_max));
        context.fields.add_bytes(name_field, &name);
        context.fields.add_bytes(value_field, &value.unwrap_or_default().to_ascii_lowercase());
    }
}

/// Asks for the dissector once a flow: the label says that it is attached.
fn classify(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let (line, rest) = parser::split_line(data);
    let whole_line = line.len() < data.len();
    // Without its end, the line's version cannot be asked for yet.
    if whole_line && parser::start_line(line).is_none() && !(rest.is_empty() && line.starts_with(b"GET /")) {
        return;
    }
    if !context.has_label("http") {
        context.label("http");
        context.attach(Box::new(Http::new()));
    }
}

macro_rules! methods {
    ($($method:literal)*) => {
        &[$(Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: $method }, classify }),*]
    };
}

/// HTTP/1.
pub static PROTOCOL: Protocol = Protocol {
    name: "http",
    fields: fields::ALL,
    // Methods of RFC 9110, WebDAV (RFC 4918, RFC 3253), UPnP and the HTTP/2 preface.
    classifiers: methods!(b"GET " b"POST " b"HEAD " b"PUT " b"DELETE " b"OPTIONS " b"CONNECT " b"TRACE " b"PATCH "
        b"COPY " b"LOCK " b"MKCOL " b"MOVE " b"PROPFIND " b"PROPPATCH " b"SEARCH " b"UNLOCK " b"REPORT " b"MKACTIVITY "
        b"CHECKOUT " b"MERGE " b"M-SEARCH " b"NOTIFY " b"SUBSCRIBE " b"UNSUBSCRIBE " b"PURGE " b"MKCALENDAR " b"BIND "
        b"REBIND " b"UNBIND " b"ACL " b"LINK " b"UNLINK " b"PRI * HTTP/2.0" b"HTTP/1." b"RPC_IN_DATA " b"RPC_OUT_DATA "),
};
