//! What the generator writes is what networks carry: lengths and checksums are right, every TCP stream is whole.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use lookback_traffic::capture_file::Format;
use lookback_traffic::example;
use lookback_traffic::mix::{self, Mix, Plan};
use std::collections::{BTreeMap, HashMap};

/// First sequence number and the segments after it, by offset.
type Segments<'a> = (u32, BTreeMap<u32, &'a [u8]>);

fn plan(mix: Mix, size: u64) -> Plan {
    Plan { mix, size, seed: 7, format: Format::Pcap, days: None }
}

fn capture(plan: &Plan) -> Vec<u8> {
    let mut out = Vec::new();
    mix::write(plan, &mut out).expect("written");
    out
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"))
}

/// Time in microseconds and bytes of every packet of a classic pcap.
fn packets(file: &[u8]) -> Vec<(u64, &[u8])> {
    assert_eq!(u32_at(file, 0), 0xa1b2_c3d4);
    let mut at = 24;
    let mut out = Vec::new();
    while at < file.len() {
        let length = u32_at(file, at + 8) as usize;
        assert_eq!(u32_at(file, at + 12) as usize, length);
        out.push((
            u64::from(u32_at(file, at)) * 1_000_000 + u64::from(u32_at(file, at + 4)),
            &file[at + 16..at + 16 + length],
        ));
        at += 16 + length;
    }
    out
}

/// Sum of RFC 1071, byte by byte as it is written there.
fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum()
}

fn folded(mut total: u32) -> u32 {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    total
}

struct Transport<'a> {
    key: Vec<u8>,
    protocol: u8,
    bytes: &'a [u8],
}

/// Checks lengths and checksums of a frame; gives its transport part if it is IP.
fn check(frame: &[u8]) -> Option<Transport<'_>> {
    let (addresses, protocol, bytes) = match u16::from_be_bytes([frame[12], frame[13]]) {
        0x0800 => {
            let ip = &frame[14..];
            let length = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
            assert_eq!(folded(sum(&ip[..20])), 0xffff, "IPv4 header checksum");
            assert!(length + 14 == frame.len() || frame.len() == 60, "only padding follows");
            (&ip[12..20], ip[9], &ip[20..length])
        }
        0x86dd => {
            let ip = &frame[14..];
            let length = usize::from(u16::from_be_bytes([ip[4], ip[5]]));
            assert!(length + 54 == frame.len() || frame.len() == 60);
            (&ip[8..40], ip[6], &ip[40..40 + length])
        }
        0x0806 => return None,
        other => panic!("ethertype {other:04x}"),
    };
    let pseudo = if protocol == 1 { 0 } else { sum(addresses) + u32::from(protocol) + bytes.len() as u32 };
    assert_eq!(folded(folded(sum(bytes)) + folded(pseudo)), 0xffff, "checksum of protocol {protocol}");
    Some(Transport { key: [addresses, &bytes[..4]].concat(), protocol, bytes })
}

/// Every byte of every TCP direction from SYN to FIN, by addresses and ports; panics on a gap or a contradiction.
fn streams(file: &[u8]) -> HashMap<Vec<u8>, Vec<u8>> {
    let mut segments: HashMap<Vec<u8>, Segments<'_>> = HashMap::new();
    for transport in
        packets(file).iter().filter_map(|(_, frame)| check(frame)).filter(|transport| transport.protocol == 6)
    {
        let tcp = transport.bytes;
        let sequence = u32::from_be_bytes(tcp[4..8].try_into().expect("4 bytes"));
        let payload = &tcp[usize::from(tcp[12] >> 4) * 4..];
        if tcp[13] & 2 != 0 {
            segments.insert(transport.key, (sequence.wrapping_add(1), BTreeMap::new()));
        } else if !payload.is_empty() {
            let (start, parts) = segments.get_mut(&transport.key).expect("a SYN first");
            let before = parts.insert(sequence.wrapping_sub(*start), payload);
            assert!(before.is_none_or(|before| before == payload), "sent again, it is the same");
        }
    }
    let whole = |(key, (_, parts)): (Vec<u8>, Segments<'_>)| {
        let mut stream = Vec::new();
        for (at, part) in parts {
            assert_eq!(at as usize, stream.len(), "a gap");
            stream.extend_from_slice(part);
        }
        (key, stream)
    };
    segments.into_iter().map(whole).collect()
}

#[test]
fn all_mixes_are_valid_and_of_the_size_and_kind_they_claim() {
    // Of a link few conversations are most of the bytes: it takes many until an average says something.
    for (mix, size, sizes) in [
        (Mix::Bulk, 40_000_000, 1_150.0..1_514.0),
        (Mix::Link, 200_000_000, 580.0..800.0),
        (Mix::Flow, 40_000_000, 250.0..690.0),
    ] {
        let file = capture(&plan(mix, size));
        assert!((size..size + 50_000_000).contains(&(file.len() as u64)), "{} bytes", file.len());
        let packets = packets(&file);
        assert!(packets.windows(2).all(|pair| pair[0].0 <= pair[1].0), "times rise");
        let average =
            packets.iter().map(|(_, frame)| frame.len()).sum::<usize>() as f64 / packets.len() as f64;
        assert!(sizes.contains(&average), "{mix:?}: {average} bytes a packet");
        let streams = streams(&file);
        let starts = |text: &[u8]| streams.values().filter(|stream| stream.starts_with(text)).count();
        for text in [&b"GET /"[..], b"HTTP/1.1 200 OK", b"\x16\x03\x01", b"\x16\x03\x03", b"SSH-2.0", b"220 "]
        {
            assert!(starts(text) > 0, "{mix:?} has {}", String::from_utf8_lossy(text));
        }
    }
}

#[test]
fn bodies_are_as_long_as_their_headers_say() {
    let file = capture(&plan(Mix::Bulk, 60_000_000));
    let mut checked = 0;
    for stream in streams(&file)
        .values()
        .filter(|stream| stream.starts_with(b"HTTP/1.1 200 OK\r\nServer: nginx/1.26.3\r\nContent-Type"))
    {
        let end = stream.windows(4).position(|four| four == b"\r\n\r\n").expect("an end of the header") + 4;
        let header = String::from_utf8_lossy(&stream[..end]);
        let length = header.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
        assert_eq!(stream.len() - end, length.parse::<usize>().expect("a number"));
        checked += 1;
    }
    assert!(checked > 2, "{checked} downloads");
}

#[test]
fn a_seed_gives_the_same_file_and_another_seed_another() {
    let one = capture(&plan(Mix::Flow, 300_000));
    assert_eq!(one, capture(&plan(Mix::Flow, 300_000)));
    assert_ne!(one, capture(&Plan { seed: 8, ..plan(Mix::Flow, 300_000) }));
}

#[test]
fn days_spread_the_conversations() {
    for days in [3, 60] {
        let file = capture(&Plan { days: Some(days), ..plan(Mix::Flow, 2_000_000) });
        let packets = packets(&file);
        let last = packets.last().expect("packets").0 - mix::START_US;
        let spread = last as f64 / 86_400_000_000.0 / f64::from(days);
        assert!((0.66..1.34).contains(&spread), "{spread} of {days} days");
    }
}

#[test]
fn pcapng_blocks_follow_each_other_and_hold_the_same_packets() {
    let classic = capture(&plan(Mix::Flow, 200_000));
    let ng = capture(&Plan { format: Format::Pcapng, ..plan(Mix::Flow, 200_000) });
    let mut at = 0;
    let mut frames = Vec::new();
    while at < ng.len() {
        let total = u32_at(&ng, at + 4) as usize;
        assert_eq!(u32_at(&ng, at + total - 4) as usize, total);
        if u32_at(&ng, at) == 6 {
            let time = u64::from(u32_at(&ng, at + 12)) << 32 | u64::from(u32_at(&ng, at + 16));
            frames.push((time, &ng[at + 28..at + 28 + u32_at(&ng, at + 20) as usize]));
        }
        at += total;
    }
    assert_eq!(frames.len().min(300), 300);
    assert_eq!(frames[..300], packets(&classic)[..300]);
}

#[test]
fn the_example_is_the_one_that_ships() {
    let mut out = Vec::new();
    let made = example::write(&mut out).expect("written");
    assert!((100_000..200_000).contains(&made.bytes), "{made:?}");
    streams(&out);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../examples/first-look.pcap");
    let shipped = std::fs::read(path).expect("examples/first-look.pcap");
    assert!(
        shipped == out,
        "examples/first-look.pcap is made anew by: lookback-traffic --example --out {path}"
    );
}
