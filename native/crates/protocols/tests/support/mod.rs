//! Plays the payload of expected sessions through the dissectors, without the flow crate: the packets of a session
//! are known by their positions, and its inner IP header is found by the session's addresses.
#![allow(dead_code, reason = "each test binary uses a part")]

pub mod seeds;

use lookback_protocols::digest::Digests;
use lookback_protocols::{Context, Dissector, Registry, SessionFacts, Settings, Verdict, Work};
use lookback_session::{Fields, Value};
use serde_json::{Map, Value as Json, json};
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;

/// The corpus, if it is here.
pub fn corpus() -> Option<PathBuf> {
    let path = std::env::var_os("LOOKBACK_CONFORMANCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/conformance"),
        PathBuf::from,
    );
    path.join("expected").is_dir().then_some(path)
}

/// The settings that the corpus was made under.
pub fn corpus_settings() -> Settings {
    Settings {
        max_request_body: 2000,
        sha256: true,
        query_string_values: true,
        cookie_values: true,
        http_request_headers: true,
        http_response_headers: true,
        dns_all_records: true,
        ja3_strings: true,
        ja4_raw: true,
        ..Settings::default()
    }
}

/// One flow as the dissectors see it.
pub struct Player<'a> {
    pub registry: &'a Registry,
    pub settings: &'a Settings,
    pub facts: SessionFacts,
    pub fields: Fields,
    pub malformed: Vec<(&'static str, &'static str)>,
    digests: Digests,
    work: Work,
    dissectors: Vec<Box<dyn Dissector>>,
    classified: [bool; 2],
}

impl<'a> Player<'a> {
    pub fn new(registry: &'a Registry, settings: &'a Settings, facts: SessionFacts) -> Self {
        Self {
            registry,
            settings,
            facts,
            fields: Fields::new(),
            malformed: Vec::new(),
            digests: Digests::default(),
            work: Work::default(),
            dissectors: Vec::new(),
            classified: [false; 2],
        }
    }

    fn with<T>(
        &mut self,
        call: impl FnOnce(&mut Context<'_>, &mut Vec<Box<dyn Dissector>>) -> T,
    ) -> (T, Vec<(usize, Vec<u8>)>) {
        let mut attached = Vec::new();
        let mut reclassify = Vec::new();
        let mut context = Context {
            session: self.facts,
            settings: self.settings,
            fields: &mut self.fields,
            attached: &mut attached,
            reclassify: &mut reclassify,
            malformed: &mut self.malformed,
            digests: &mut self.digests,
            work: &mut self.work,
        };
        let result = call(&mut context, &mut self.dissectors);
        for dissector in attached {
            if self.dissectors.iter().all(|present| present.name() != dissector.name()) {
                self.dissectors.push(dissector);
            }
        }
        (result, reclassify)
    }

    fn classify(&mut self, direction: usize, data: &[u8]) {
        let registry = self.registry;
        self.with(|context, _| registry.classify(context, direction, data));
    }

    /// What the dissectors hold of the payload.
    pub fn held_bytes(&self) -> usize {
        self.dissectors.iter().map(|dissector| dissector.held_bytes()).sum()
    }

    /// Next bytes (TCP) or a datagram.
    pub fn payload(&mut self, direction: usize, data: &[u8]) {
        self.work = Work::default();
        if !std::mem::replace(&mut self.classified[direction], true) {
            self.classify(direction, data);
        }
        let mut again = self.each(direction, data);
        while !again.is_empty() {
            self.classified = [false; 2];
            for (direction, inner) in std::mem::take(&mut again) {
                self.classified[direction] = true;
                self.classify(direction, &inner);
                again.extend(self.each(direction, &inner));
            }
        }
    }

    fn each(&mut self, direction: usize, data: &[u8]) -> Vec<(usize, Vec<u8>)> {
        let mut again = Vec::new();
        let mut present = std::mem::take(&mut self.dissectors);
        present.retain_mut(|dissector| {
            let (verdict, inner) = self.with(|context, _| dissector.payload(context, direction, data));
            again.retain(|(other, _)| inner.iter().all(|(direction, _)| direction != other));
            again.extend(inner);
            verdict == Verdict::More
        });
        present.append(&mut self.dissectors);
        self.dissectors = present;
        again
    }

    pub fn gap(&mut self, direction: usize, bytes: u64) {
        let mut present = std::mem::take(&mut self.dissectors);
        present.retain_mut(|dissector| {
            self.with(|context, _| dissector.gap(context, direction, bytes)).0 == Verdict::More
        });
        self.dissectors = present;
    }

    /// Both directions end whole.
    pub fn end(&mut self) {
        self.end_as([true; 2]);
    }

    /// The last packet was there; of each direction, whether it ended whole.
    pub fn end_as(&mut self, whole: [bool; 2]) {
        let mut present = std::mem::take(&mut self.dissectors);
        for dissector in &mut present {
            self.with(|context, _| dissector.save(context, Some(whole)));
        }
    }
}

/// Fields as nested JSON, as documents show them.
pub fn document(fields: &Fields) -> Map<String, Json> {
    let mut flat = Map::new();
    for (field, value) in fields.values() {
        let name = field.path.strip_prefix(field.object).unwrap_or(field.path).trim_start_matches('.');
        let json = match &value {
            Value::Integer(n) => json!(n),
            Value::Float(n) => json!(n),
            Value::Boolean(b) => json!(b),
            Value::Text(t) => json!(t.as_str()),
            Value::Ip(ip) => json!(shown(*ip)),
            Value::Integers(v) => json!(v),
            Value::Texts(v) => json!(v.iter().map(|t| t.as_str()).collect::<Vec<_>>()),
            Value::Ips(v) => json!(v.iter().map(|ip| shown(*ip)).collect::<Vec<_>>()),
            Value::Objects(v) => Json::Array(v.iter().map(|o| Json::Object(document(o))).collect()),
        };
        if field.count == lookback_session::Count::Cnt {
            flat.insert(format!("{name}Cnt"), json!(value.len()));
        }
        flat.insert(name.to_owned(), json);
    }
    flat
}

fn shown(ip: [u8; 16]) -> String {
    let ip = Ipv6Addr::from(ip);
    ip.to_ipv4_mapped().map_or_else(|| ip.to_string(), |v4| v4.to_string())
}

/// Plays an expected session; none when its packets cannot be found this way (fragments, other transports).
pub fn play(capture: &[u8], body: &Json, registry: &Registry, settings: &Settings) -> Option<Fields> {
    let ends: Vec<(IpAddr, u16)> = ["source", "destination"]
        .iter()
        .map(|end| {
            let port = body[end]["port"].as_u64().unwrap_or(0) as u16;
            Some((body[end]["ip"].as_str()?.parse().ok()?, port))
        })
        .collect::<Option<_>>()?;
    let protocol = body["ipProtocol"].as_u64()? as u8;
    let first_packet_us = body["firstPacket"].as_i64()? * 1000;
    let facts = SessionFacts {
        ip_protocol: protocol,
        port: [ends[0].1, ends[1].1],
        first_packet_us,
        now_us: first_packet_us,
    };
    let mut player = Player::new(registry, settings, facts);
    let mut streams = [Stream::default(), Stream::default()];
    let little = capture.starts_with(b"\xd4\xc3\xb2\xa1") || capture.starts_with(b"\x4d\x3c\xb2\xa1");
    for position in body["packetPos"].as_array()?.iter().filter_map(Json::as_u64) {
        let position = position as usize;
        let length = capture.get(position + 8..position + 12)?.try_into().ok()?;
        let length = if little { u32::from_le_bytes(length) } else { u32::from_be_bytes(length) } as usize;
        let frame = capture.get(position + 16..(position + 16 + length).min(capture.len()))?;
        let Some((direction, transport)) = inner(frame, &ends, protocol) else { continue };
        match protocol {
            17 => {
                let length = transport.get(4..6).map_or(0, |b| u16::from_be_bytes([b[0], b[1]])) as usize;
                let data = transport.get(8..length.clamp(8, transport.len().max(8)))?;
                if !data.is_empty() {
                    player.payload(direction, data);
                }
            }
            6 => {
                let header = (*transport.get(12)? >> 4) as usize * 4;
                let sequence = u32::from_be_bytes(transport.get(4..8)?.try_into().ok()?);
                let flags = *transport.get(13)?;
                let data = transport.get(header..).unwrap_or_default();
                streams[direction].segment(&mut player, direction, sequence, flags & 2 != 0, data);
            }
            _ => return None,
        }
    }
    for (direction, stream) in streams.iter_mut().enumerate() {
        stream.flush(&mut player, direction);
    }
    player.end();
    Some(player.fields)
}

/// The transport header and payload of the inner packet between `ends`, with its direction.
fn inner<'f>(frame: &'f [u8], ends: &[(IpAddr, u16)], protocol: u8) -> Option<(usize, &'f [u8])> {
    let octets = |ip: IpAddr| match ip {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    let (a, b) = (octets(ends[0].0), octets(ends[1].0));
    for (direction, pattern) in [[a.clone(), b.clone()].concat(), [b, a].concat()].iter().enumerate() {
        for at in (0..frame.len().saturating_sub(pattern.len())).rev() {
            if !frame[at..].starts_with(pattern) {
                continue;
            }
            let (start, header, total) = if pattern.len() == 8 {
                let start = at.checked_sub(12)?;
                if frame[start] >> 4 != 4 || frame[start + 9] != protocol {
                    continue;
                }
                let total = u16::from_be_bytes([frame[start + 2], frame[start + 3]]) as usize;
                (
                    start,
                    (frame[start] & 15) as usize * 4,
                    if total == 0 { frame.len() - start } else { total },
                )
            } else {
                let start = at.checked_sub(8)?;
                if frame[start] >> 4 != 6 || frame[start + 6] != protocol {
                    continue;
                }
                (start, 40, 40 + u16::from_be_bytes([frame[start + 4], frame[start + 5]]) as usize)
            };
            let transport = frame.get(start + header..(start + total).min(frame.len()))?;
            let port = |i: usize| transport.get(i..i + 2).map(|p| u16::from_be_bytes([p[0], p[1]]));
            let (from, to) = (ends[direction].1, ends[1 - direction].1);
            if (port(0), port(2)) == (Some(from), Some(to)) {
                return Some((direction, transport));
            }
        }
    }
    None
}

#[derive(Default)]
struct Stream {
    next: Option<u32>,
    waiting: Vec<(u32, Vec<u8>)>,
}

impl Stream {
    fn segment(&mut self, player: &mut Player<'_>, direction: usize, sequence: u32, syn: bool, data: &[u8]) {
        if syn {
            self.next.get_or_insert(sequence.wrapping_add(1));
            return;
        }
        if data.is_empty() {
            return;
        }
        self.next.get_or_insert(sequence);
        self.waiting.push((sequence, data.to_vec()));
        self.deliver(player, direction);
    }

    fn deliver(&mut self, player: &mut Player<'_>, direction: usize) {
        while let Some(next) = self.next {
            let Some(at) = self.waiting.iter().position(|(s, _)| next.wrapping_sub(*s) < 1 << 30) else {
                return;
            };
            let (sequence, data) = self.waiting.remove(at);
            let seen = next.wrapping_sub(sequence) as usize;
            if let Some(new) = data.get(seen..).filter(|new| !new.is_empty()) {
                self.next = Some(next.wrapping_add(new.len() as u32));
                player.payload(direction, new);
            }
        }
    }

    fn flush(&mut self, player: &mut Player<'_>, direction: usize) {
        while let (Some(next), false) = (self.next, self.waiting.is_empty()) {
            let first = self.waiting.iter().map(|(s, _)| s.wrapping_sub(next)).min().unwrap_or(0);
            player.gap(direction, u64::from(first));
            self.next = Some(next.wrapping_add(first));
            self.deliver(player, direction);
        }
    }
}

/// Plays a conversation as it stands and gives what was found.
pub fn converse(
    registry: &Registry,
    settings: &Settings,
    ip_protocol: u8,
    port: u16,
    talk: &seeds::Conversation,
) -> Map<String, Json> {
    let facts =
        SessionFacts { ip_protocol, port: [50_000, port], first_packet_us: 1_600_000_000_000_000, now_us: 0 };
    let mut player = Player::new(registry, settings, facts);
    for (direction, data) in talk {
        player.payload(*direction, data);
    }
    player.end();
    document(&player.fields)
}
