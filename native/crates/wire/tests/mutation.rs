//! Mutated frames and fragments: no panic, no hang, positions inside the frame, bounded memory and time for each.
#![allow(clippy::unwrap_used, reason = "tests")]

mod frames;
mod support;

use frames::*;
use lookback_cost::Random;
use lookback_cost::{Cost, Limit, hold};
use lookback_wire::{
    Addition, Decoded, DefragmentLimits, Defragmenter, FlowKey, FlowKind, SessionIdTracking, decode,
    decode_reassembled, flow_hash, link_type, plain_flow_hash,
};
use std::time::Duration;
use support::mutate;

/// Cases for each layer.
const CASES: usize = 200_000;
/// Cases that are played together, and again when one of them is slow.
const ROUND: usize = 500;
/// Of one frame. Decoding keeps nothing.
const DECODING: Limit = Limit { time: Duration::from_millis(1), bytes: 0 };

/// Plays all cases in rounds; `round` gets the number of its first case.
fn play(
    name: &str,
    limit: Limit,
    mut round: impl FnMut(&mut lookback_cost::Meter, usize) -> u64,
) -> (u64, Cost) {
    let rounds = (0..CASES).step_by(ROUND).map(|first| hold(limit, |meter| round(meter, first)));
    let (sum, cost) =
        rounds.fold((0, Cost::default()), |(sum, most), (result, cost)| (sum + result, most.max(cost)));
    println!("{name}: {cost:?}");
    (sum, cost)
}

const LINK_TYPES: [u16; 16] = [
    link_type::NULL,
    link_type::ETHERNET,
    link_type::PPP,
    link_type::RAW_12,
    link_type::RAW,
    link_type::IEEE802_11,
    link_type::FRAME_RELAY,
    link_type::LOOP,
    link_type::LINUX_SLL,
    link_type::RADIOTAP,
    link_type::IPV4,
    link_type::IPV6,
    link_type::NFLOG,
    link_type::MPACKET,
    link_type::LINUX_SLL2,
    9999,
];

/// What must hold of any decoding.
fn check(decoded: &Decoded, frame: &[u8]) {
    assert!(decoded.payload_start <= decoded.payload_end && decoded.payload_end as usize <= frame.len());
    if let Some(fragment) = decoded.fragment {
        assert!(
            fragment.header_start < fragment.payload_start && fragment.payload_start <= fragment.payload_end
        );
        assert!(fragment.payload_end as usize <= frame.len());
    }
    assert!(decoded.outer_ips.is_empty() || decoded.has_ip);
    let key = FlowKey::of(decoded, SessionIdTracking::Vlan);
    if decoded.kind != FlowKind::Other && decoded.other_key.is_empty() {
        let ports = [decoded.source_port, decoded.destination_port];
        assert_eq!(key.ends(false), ([decoded.source, decoded.destination], ports));
    }
    let mut back = decoded.clone();
    std::mem::swap(&mut back.source, &mut back.destination);
    std::mem::swap(&mut back.source_port, &mut back.destination_port);
    assert_eq!(key, FlowKey::of(&back, SessionIdTracking::Vlan), "the way back is the same session");
    assert_eq!(key.identity_bytes(), FlowKey::of(&back, SessionIdTracking::None).identity_bytes());
    assert_eq!(key.stable_hash(), FlowKey::of(&back, SessionIdTracking::Vlan).stable_hash());
}

/// What is found of a plain frame without decoding must be what decoding finds. Whether it is plain.
fn check_plain(decoded: &Decoded, link: u16, frame: &[u8]) -> bool {
    let mut is_plain = false;
    for tracking in [SessionIdTracking::None, SessionIdTracking::Vlan, SessionIdTracking::Vni] {
        let Some(hash) = plain_flow_hash(link, frame, tracking) else { continue };
        is_plain = true;
        assert!(decoded.fragment.is_none(), "a fragment is for all: {frame:02x?}");
        assert_eq!(hash, flow_hash(decoded, tracking), "{frame:02x?}");
    }
    is_plain
}

fn seeds() -> Vec<(u16, Vec<u8>)> {
    let ip = udp4();
    let ether = ethernet(0x0800, &ip);
    let mut seeds: Vec<(u16, Vec<u8>)> = vec![
        (1, ether.clone()),
        (1, ethernet(0x0800, &ipv4(6, &tcp(0x12, b"data")))),
        (1, ethernet(0x86dd, &ipv6(0, &[&[6, 0, 1, 4, 0, 0, 0, 0][..], &tcp(0x18, b"data")].concat()))),
        (1, ethernet(0x88a8, &[&[0, 1, 0x81, 0, 0, 2, 8, 0][..], &ip].concat())),
        (
            1,
            ethernet(
                0x0800,
                &ipv4(47, &[&[0xb0, 0, 8, 0, 1, 1, 0, 0, 2, 2, 2, 2, 3, 3, 3, 3][..], &ip].concat()),
            ),
        ),
        (
            1,
            ethernet(
                0x0800,
                &ipv4(
                    47,
                    &[
                        &[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
                        &ether,
                    ]
                    .concat(),
                ),
            ),
        ),
        (1, ethernet(0x0800, &ipv4(17, &udp(5, 4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &ether].concat())))),
        (
            1,
            ethernet(
                0x0800,
                &ipv4(17, &udp(5, 6081, &[&[1, 0, 8, 0, 0, 0, 7, 0, 1, 2, 3, 4][..], &ip].concat())),
            ),
        ),
        (1, ethernet(0x0800, &ipv4(17, &udp(5, 2152, &gtp(0x34, &[0, 1, 0, 0x85, 1, 9, 9, 0], &ip))))),
        (1, ethernet(0x0800, &ipv4(51, &[&[50, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1][..], &[7; 40]].concat()))),
        (1, ethernet(0x8847, &[&[0, 1, 0x20, 64, 0, 1, 0x31, 64][..], &ip].concat())),
        (1, ethernet(0x8864, &[&[0x11, 0, 0, 1, 0, ip.len() as u8 + 2, 0, 0x21][..], &ip].concat())),
        (1, ethernet(0x894f, &[&[0x0f, 0xc2, 1, 3, 0, 0, 1, 255][..], &ether].concat())),
        (1, ethernet(0x0806, &arp(1))),
        (1, ethernet(30, &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0, 0x45])),
        (127, [&[0, 0, 8, 0, 0, 0, 0, 0][..], &wlan(0x88, 3), &ip].concat()),
        (107, [&[0x18, 0x61, 3, 0, 0x80, 0, 0, 0, 8, 0][..], &ip].concat()),
        (239, [&[2, 0, 0, 40, 8, 0, 1, 0, 0, 0, 0, 0, ip.len() as u8 + 4, 0, 9, 0][..], &ip].concat()),
    ];
    let nested = (0..5).fold(ip, |inner, _| {
        ipv4(17, &udp(5, 4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &ethernet(0x0800, &inner)].concat()))
    });
    seeds.push((101, nested));
    let Some(corpus) = support::corpus() else {
        println!("without the conformance corpus, which is not here");
        return seeds;
    };
    for entry in std::fs::read_dir(corpus.join("pcap")).unwrap() {
        let records = support::records(&std::fs::read(entry.unwrap().path()).unwrap());
        seeds.extend(
            records.into_iter().filter(|r| r.frame.len() < 600).take(6).map(|r| (r.link_type, r.frame)),
        );
    }
    seeds
}

#[test]
fn mutated_frames() {
    let seeds = seeds();
    let (plain, _) = play("frames", DECODING, |meter, first| {
        let mut random = Random(0x5eed ^ first as u64);
        let mut plain = 0;
        let mut decoded = Decoded::default();
        for case in first..first + ROUND {
            let (link, frame) = &seeds[case % seeds.len()];
            let mut frame = frame.clone();
            mutate(&mut random, &mut frame);
            let link = if random.below(8) == 0 { LINK_TYPES[random.below(LINK_TYPES.len())] } else { *link };
            let original_length =
                if random.below(4) == 0 { frame.len() as u32 + 500 } else { frame.len() as u32 };
            meter.measure(|| decode(link, &frame, original_length, &mut decoded)).unwrap();
            check(&decoded, &frame);
            plain += u64::from(check_plain(&decoded, link, &frame));
        }
        plain
    });
    assert!(plain > CASES as u64 / 100, "{plain} plain frames");
}

#[test]
fn random_bytes() {
    play("random bytes", DECODING, |meter, first| {
        let mut random = Random(0xb17e5 ^ first as u64);
        let mut decoded = Decoded::default();
        for _ in 0..ROUND {
            let frame: Vec<u8> = (0..random.below(200)).map(|_| random.bits() as u8).collect();
            let link = LINK_TYPES[random.below(LINK_TYPES.len())];
            meter.measure(|| decode(link, &frame, frame.len() as u32, &mut decoded)).unwrap();
            check(&decoded, &frame);
        }
        0
    });
}

/// Bytes of payload that wait for fragments in these tests.
const FRAGMENT_BYTES: usize = 100_000;

#[test]
fn mutated_fragments() {
    // A fragment may make room for all of a datagram, and whoever joins one has it twice.
    let limit = Limit { time: Duration::from_millis(1), bytes: 256 << 10 };
    let (completed, cost) = play("fragments", limit, |meter, first| {
        let mut random = Random(0xf4a6 ^ first as u64);
        let limits = DefragmentLimits { datagrams: 50, timeout_s: 480, bytes: FRAGMENT_BYTES };
        let mut defragmenter = meter.beside(|| Defragmenter::new(limits));
        let mut decoded = Decoded::default();
        let mut completed = 0u64;
        for case in 0..ROUND {
            // Few identifications, so that fragments of different shapes meet.
            let identification = random.below(20) as u16;
            let (offset, more) = (8 * random.below(4), random.below(2) > 0);
            let length = if more { 8 * (1 + random.below(6)) } else { 1 + random.below(40) };
            let body = vec![random.bits() as u8; length];
            let mut frame = if random.below(2) == 0 {
                ethernet(0x0800, &ipv4_fragment(identification, offset, more, 17, &body))
            } else {
                ethernet(0x86dd, &ipv6_fragment(u32::from(identification), offset, more, 17, &body))
            };
            if random.below(3) == 0 {
                mutate(&mut random, &mut frame);
            }
            decode(link_type::ETHERNET, &frame, frame.len() as u32, &mut decoded).unwrap();
            if decoded.fragment.is_none() {
                continue;
            }
            let added =
                meter.measure(|| defragmenter.add(&frame, &decoded, (case / 100) as i64, case as u64));
            if let Addition::Complete(whole) = added {
                completed += 1;
                assert!(whole.frame.len() <= 65_535 + 4096);
                meter.measure(|| decode_reassembled(&whole.frame, &whole.fragment, &mut decoded)).unwrap();
                check(&decoded, &whole.frame);
                assert!(decoded.fragment.is_none() || decoded.malformed.is_none());
                meter.beside(|| drop(whole));
            }
            assert!(defragmenter.waiting() <= 50 && defragmenter.bytes() <= FRAGMENT_BYTES);
        }
        assert_eq!(defragmenter.counters().reassembled, completed);
        meter.beside(|| drop(defragmenter));
        completed
    });
    assert!(completed > 1000, "{completed}");
    // Vectors that grow have up to twice the room, beside what names and orders the datagrams.
    assert!(cost.held <= 3 * FRAGMENT_BYTES as u64, "{cost:?}");
}
