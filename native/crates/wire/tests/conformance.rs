//! Every packet of the corpus decodes to what the session document that lists it says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use lookback_wire::{
    Addition, Decoded, DefragmentLimits, Defragmenter, FlowKey, FlowKind, SessionIdTracking, decode,
    decode_reassembled, flow_hash, plain_flow_hash,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

const TUNNEL_LABELS: [&str; 8] = ["gre", "vxlan", "vxlan-gpe", "geneve", "gtp", "mpls", "ppp", "pppoe"];
const HEADER_PACKETS: usize = 10;

struct Packet {
    decoded: Decoded,
    frame_length: u64,
    key: FlowKey,
}

/// Decodes every packet of a file; fragments become the frame they complete.
fn packets(file: &[u8]) -> BTreeMap<u64, Packet> {
    let mut all = BTreeMap::new();
    let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
    for record in support::records(file) {
        let mut decoded = Decoded::default();
        decode(record.link_type, &record.frame, record.original_length, &mut decoded).unwrap();
        let tracking = SessionIdTracking::Vlan;
        if let Some(hash) = plain_flow_hash(record.link_type, &record.frame, tracking) {
            assert_eq!(hash, flow_hash(&decoded, tracking), "at {}", record.offset);
        }
        let mut frame_length = record.frame.len() as u64;
        if decoded.fragment.is_some() {
            match defragmenter.add(&record.frame, &decoded, record.seconds, record.offset) {
                Addition::Held => continue,
                Addition::Refused => panic!("fragment at {} refused", record.offset),
                Addition::Complete(whole) => {
                    decode_reassembled(&whole.frame, &whole.fragment, &mut decoded).unwrap();
                    assert!(!whole.tokens.is_empty());
                    frame_length = whole.frame.len() as u64;
                }
            }
        }
        let key = FlowKey::of(&decoded, SessionIdTracking::Vlan);
        all.insert(record.offset, Packet { decoded, frame_length, key });
    }
    all
}

fn at<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(document, |value, name| value.get(name))
}

fn set(document: &Value, path: &str) -> BTreeSet<String> {
    match at(document, path) {
        Some(Value::Array(values)) => values.iter().map(text).collect(),
        Some(value) => BTreeSet::from([text(value)]),
        None => BTreeSet::new(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn ip(address: [u8; 16]) -> String {
    IpAddr::from(address).to_canonical().to_string()
}

fn mac(address: [u8; 6]) -> String {
    address.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(":")
}

fn is_corrupt_or_other(decoded: &Decoded) -> bool {
    decoded.kind == FlowKind::Other
}

/// What the packets of one session say, as their document would.
#[derive(Default)]
struct Union(BTreeMap<&'static str, BTreeSet<String>>);

impl Union {
    fn add(&mut self, field: &'static str, value: impl ToString) {
        self.0.entry(field).or_default().insert(value.to_string());
    }

    fn add_headers(&mut self, decoded: &Decoded, direction: usize) {
        let side = |fields: [&'static str; 2], from_source: bool| {
            if from_source == (direction == 0) { fields[0] } else { fields[1] }
        };
        if let Some((from, to)) = decoded.macs {
            self.add(side(["source.mac", "destination.mac"], true), mac(from));
            self.add(side(["source.mac", "destination.mac"], false), mac(to));
        }
        // Outer headers are recorded as the packet has them, whichever way the session goes; of MACs, rows of the
        // field show the outer frame's receiver as source.
        if let Some((from, to)) = decoded.outer_macs.last() {
            self.add("srcOuterMac", mac(*to));
            self.add("dstOuterMac", mac(*from));
        }
        if let Some((from, to)) = decoded.outer_ips.last() {
            self.add("srcOuterIp", ip(*from));
            self.add("dstOuterIp", ip(*to));
        }
        if decoded.has_ip {
            self.add(side(["srcTTL", "dstTTL"], true), decoded.ttl);
            if decoded.dscp != 0 {
                self.add(side(["srcDscp", "dstDscp"], true), decoded.dscp);
            }
        }
        for (id, is_ad) in &decoded.vlans {
            self.add("network.vlan.id", id);
            self.add(if *is_ad { "dot1ad.id" } else { "dot1q.id" }, id);
        }
        if let Some(vni) = decoded.vni {
            self.add("vni", vni);
        }
        for label in decoded.tunnels.labels() {
            self.add("protocol", label);
        }
    }
}

#[test]
fn packets_say_what_their_sessions_say() {
    let Some(corpus) = support::corpus() else {
        println!("skipped: the conformance corpus is not here");
        return;
    };
    let mut wrong = Vec::new();
    let (mut sessions_seen, mut packets_seen) = (0, 0);
    for entry in std::fs::read_dir(corpus.join("pcap")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let packets = packets(&std::fs::read(&path).unwrap());
        let expected: Value = serde_json::from_slice(
            &std::fs::read(corpus.join("expected").join(format!("{name}.json"))).unwrap(),
        )
        .unwrap();
        let mut key_of: HashMap<FlowKey, (BTreeSet<String>, String)> = HashMap::new();
        let mut listed = BTreeSet::new();
        for session in expected["sessions3"].as_array().unwrap() {
            let document = &session["body"];
            sessions_seen += 1;
            let positions: Vec<u64> =
                document["packetPos"].as_array().unwrap().iter().map(|p| p.as_u64().unwrap()).collect();
            packets_seen += positions.len();
            listed.extend(positions.iter().copied());
            wrong.extend(check_session(&name, document, &positions, &packets, &mut key_of));
        }
        for (offset, packet) in &packets {
            if !listed.contains(offset) && !key_of.contains_key(&packet.key) {
                wrong.push(format!(
                    "{name}: packet at {offset} belongs to no session: {:?} {}",
                    packet.decoded.kind, packet.decoded.label
                ));
            }
        }
    }
    println!("{sessions_seen} sessions, {packets_seen} packets");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn check_session(
    name: &str,
    document: &Value,
    positions: &[u64],
    packets: &BTreeMap<u64, Packet>,
    key_of: &mut HashMap<FlowKey, (BTreeSet<String>, String)>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut found = Union::default();
    let mut counts = [0usize; 2];
    let mut payload = [0u64; 2];
    let mut lengths = Vec::new();
    let source = set(document, "source.ip");
    let source_port = set(document, "source.port");
    let mut first: Option<&Packet> = None;
    let protocols = set(document, "protocol");
    for position in positions {
        let Some(packet) = packets.get(position) else {
            wrong.push(format!("{name}: no packet at {position}"));
            continue;
        };
        let decoded = &packet.decoded;
        if first.is_some_and(|first| first.key != packet.key) {
            wrong.push(format!("{name}: packets at {} and {position} have different keys", positions[0]));
        }
        first.get_or_insert(packet);
        lengths.push(packet.frame_length + 16);
        // DHCP is a session of one client, whatever addresses it has at the time.
        let is_by_client = decoded.kind == FlowKind::Udp && !decoded.other_key.is_empty();
        let is_forward = is_corrupt_or_other(decoded)
            || (is_by_client && source_port.contains(&decoded.source_port.to_string()))
            || (source.contains(&ip(decoded.source))
                && (source_port.contains(&decoded.source_port.to_string()) || source_port.is_empty()));
        let direction = usize::from(!is_forward);
        counts[direction] += 1;
        payload[direction] += u64::from(decoded.payload_end - decoded.payload_start);
        if decoded.has_ip && !is_corrupt_or_other(decoded) && !is_by_client {
            let (from, to) = if is_forward { ("source", "destination") } else { ("destination", "source") };
            let ends = [
                (format!("{from}.ip"), ip(decoded.source)),
                (format!("{to}.ip"), ip(decoded.destination)),
                (format!("{from}.port"), decoded.source_port.to_string()),
                (format!("{to}.port"), decoded.destination_port.to_string()),
            ];
            for (path, value) in ends {
                if set(document, &path) != BTreeSet::from([value.clone()]) {
                    wrong.push(format!(
                        "{name}@{position}: {path} is {value}, not {:?}",
                        set(document, &path)
                    ));
                }
            }
        }
        if decoded.has_ip != at(document, "source.ip").is_some() {
            wrong.push(format!("{name}@{position}: has_ip is {}", decoded.has_ip));
        }
        let label = match decoded.kind {
            FlowKind::Tcp => "tcp",
            FlowKind::Udp => "udp",
            FlowKind::Icmp => "icmp",
            FlowKind::Sctp => "sctp",
            FlowKind::Esp => "esp",
            FlowKind::Other => decoded.label,
        };
        if !protocols.contains(label) {
            wrong.push(format!(
                "{name}@{position}: {label} ({:?}) is not in {protocols:?}",
                decoded.malformed
            ));
        }
        if counts[direction] <= HEADER_PACKETS {
            found.add_headers(decoded, direction);
        }
    }
    let Some(first) = first else { return wrong };
    found.add("ipProtocol", first.decoded.ip_protocol);
    if let Some(kind) = first.decoded.ethertype {
        found.add("ethertype", kind);
    }
    let fields = [
        "source.mac",
        "destination.mac",
        "srcOuterMac",
        "dstOuterMac",
        "srcOuterIp",
        "dstOuterIp",
        "srcTTL",
        "dstTTL",
        "srcDscp",
        "dstDscp",
        "network.vlan.id",
        "dot1q.id",
        "dot1ad.id",
        "vni",
        "protocol",
        "ipProtocol",
        "ethertype",
    ];
    let is_saved_whole =
        positions.len() as u64 == at(document, "network.packets").and_then(Value::as_u64).unwrap_or(0);
    for field in fields {
        let mut expected = set(document, field);
        if field == "protocol" {
            expected.retain(|label| TUNNEL_LABELS.contains(&label.as_str()));
        }
        let ours = found.0.get(field).cloned().unwrap_or_default();
        // Sessions of which only the first packets are stored show headers of the others too.
        let is_right = if is_saved_whole { ours == expected } else { ours.is_subset(&expected) };
        if !is_right {
            wrong.push(format!("{name}@{}: {field} is {ours:?}, not {expected:?}", positions[0]));
        }
    }
    let expected_lengths: Vec<u64> =
        document["packetLen"].as_array().unwrap().iter().map(|p| p.as_u64().unwrap()).collect();
    if lengths != expected_lengths {
        wrong.push(format!("{name}@{}: packetLen is {lengths:?}, not {expected_lengths:?}", positions[0]));
    }
    let is_datagram =
        matches!(first.decoded.kind, FlowKind::Udp | FlowKind::Icmp | FlowKind::Esp | FlowKind::Sctp);
    if is_datagram && is_saved_whole {
        for (direction, path) in ["client.bytes", "server.bytes"].into_iter().enumerate() {
            let expected = at(document, path).and_then(Value::as_u64).unwrap_or(0);
            // SCTP counts in-order data chunks, which is the flow's business.
            if first.decoded.kind != FlowKind::Sctp && payload[direction] != expected {
                wrong.push(format!(
                    "{name}@{}: {path} is {}, not {expected}",
                    positions[0], payload[direction]
                ));
            }
        }
    }
    let ends = BTreeSet::from([
        format!("{:?}:{:?}", set(document, "source.ip"), set(document, "source.port")),
        format!("{:?}:{:?}", set(document, "destination.ip"), set(document, "destination.port")),
    ]);
    let kind = format!("{:?} {}", first.decoded.kind, first.decoded.label);
    let same_key = key_of.insert(first.key, (ends.clone(), kind.clone()));
    if same_key.as_ref().is_some_and(|other| *other != (ends.clone(), kind)) {
        wrong.push(format!("{name}@{}: one key for {same_key:?} and {ends:?}", positions[0]));
    }
    wrong
}
