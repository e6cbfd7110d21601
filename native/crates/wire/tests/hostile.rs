//! Frames and fragments that are made to cost: each stays within a millisecond, and memory within its bound.
#![allow(clippy::unwrap_used, reason = "tests")]

mod frames;

use frames::*;
use lookback_cost::{Cost, Limit, Meter, hold};
use lookback_wire::{Addition, Decoded, DefragmentLimits, Defragmenter, decode, link_type};
use std::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);

/// Decodes a frame, and says by what it was found wanting.
fn reason(link: u16, frame: &[u8]) -> Option<&'static str> {
    let (reason, cost) = hold(Limit { time: MILLISECOND, bytes: 0 }, |meter| {
        let mut decoded = Decoded::default();
        meter.measure(|| decode(link, frame, frame.len() as u32, &mut decoded)).unwrap();
        assert!(decoded.payload_end as usize <= frame.len());
        decoded.malformed.map(|malformed| malformed.reason)
    });
    println!("{} bytes: {reason:?} {cost:?}", frame.len());
    reason
}

/// The largest frame that a capture holds.
const SNAPLEN: usize = 262_144;

/// `header` again and again, as far as a frame goes.
fn endless(header: &[u8]) -> Vec<u8> {
    header.repeat(SNAPLEN / header.len())
}

#[test]
fn tags_labels_and_headers_without_end_end() {
    let cases: [(&str, Vec<u8>, Option<&str>); 8] = [
        ("802.1Q", ethernet(0x8100, &endless(&[0, 1, 0x81, 0])), Some("short")),
        ("802.1ad", ethernet(0x88a8, &endless(&[0, 1, 0x88, 0xa8])), Some("short")),
        ("MPLS", ethernet(0x8847, &endless(&[0, 1, 0x20, 64])), Some("too-many")),
        ("SNAP", ethernet(0x8870, &endless(&[0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x70])), Some("too-deep")),
        (
            "hop by hop",
            ethernet(0x86dd, &ipv6(0, &endless(&[0, 0, 1, 4, 0, 0, 0, 0])[..65_528])),
            Some("too-many-extensions"),
        ),
        (
            "destination",
            ethernet(0x86dd, &ipv6(60, &endless(&[60, 0, 1, 4, 0, 0, 0, 0])[..65_528])),
            Some("too-many-extensions"),
        ),
        (
            "authentication",
            ethernet(0x0800, &ipv4(51, &endless(&[51, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1])[..65_508])),
            Some("too-deep"),
        ),
        (
            "GRE routes",
            ethernet(
                0x0800,
                &ipv4(
                    47,
                    &[&[0x40, 0, 8, 0, 0, 0, 0, 0][..], &endless(&[0, 8, 0, 4, 9, 9, 9, 9])[..65_400]]
                        .concat(),
                ),
            ),
            Some("too-many-routes"),
        ),
    ];
    for (name, frame, expected) in cases {
        assert_eq!(reason(link_type::ETHERNET, &frame), expected, "{name}");
    }
}

#[test]
fn tunnels_in_tunnels_end() {
    type Wrap = fn(&[u8]) -> Vec<u8>;
    /// Whether a packet is IPv6, and so what names it.
    fn named<T>(packet: &[u8], v4: T, v6: T) -> T {
        if packet[0] >> 4 == 6 { v6 } else { v4 }
    }
    let wraps: [(&str, Wrap); 6] = [
        ("IP", |inner| ipv4(named(inner, 4, 41), inner)),
        ("IPv6", |inner| ipv6(named(inner, 4, 41), inner)),
        ("GRE", |inner| ipv4(47, &[&[0, 0][..], &named(inner, [8, 0], [0x86, 0xdd]), inner].concat())),
        ("VXLAN", |inner| {
            let ether = ethernet(named(inner, 0x0800, 0x86dd), inner);
            ipv4(17, &udp(5, 4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &ether].concat()))
        }),
        ("Geneve", |inner| {
            let [high, low] = named(inner, [8, 0], [0x86, 0xdd]);
            ipv4(17, &udp(5, 6081, &[&[0, 0, high, low, 0, 0, 7, 0][..], inner].concat()))
        }),
        ("GTP", |inner| ipv4(17, &udp(5, 2152, &gtp(0x30, &[], inner)))),
    ];
    for (name, wrap) in wraps {
        let mut packet = udp4();
        while packet.len() < 65_000 {
            packet = wrap(&packet);
        }
        assert_eq!(reason(link_type::RAW, &packet), Some("too-deep"), "{name}");
    }
    // One in the other, by turns.
    let mixed = (0..600).fold(udp4(), |inner, turn| wraps[turn % wraps.len()].1(&inner));
    assert_eq!(reason(link_type::RAW, &mixed), Some("too-deep"));
}

/// The defragmenter, fed by number of fragment.
struct Fed {
    defragmenter: Defragmenter,
    decoded: Decoded,
    fed: u64,
}

impl Fed {
    fn new(meter: &mut Meter, limits: DefragmentLimits) -> Self {
        let defragmenter = meter.beside(|| Defragmenter::new(limits));
        Self { defragmenter, decoded: Decoded::default(), fed: 0 }
    }
    fn add(&mut self, meter: &mut Meter, frame: &[u8], now_s: i64) -> Addition {
        decode(link_type::RAW, frame, frame.len() as u32, &mut self.decoded).unwrap();
        self.fed += 1;
        meter.measure(|| self.defragmenter.add(frame, &self.decoded, now_s, self.fed))
    }
    fn end(self, meter: &mut Meter) {
        meter.beside(|| drop(self.defragmenter));
    }
}

/// Of one fragment, which may make room for all of a datagram.
const FRAGMENT: Limit = Limit { time: MILLISECOND, bytes: 256 << 10 };

fn feed(name: &str, mut round: impl FnMut(&mut Meter)) -> Cost {
    let ((), cost) = hold(FRAGMENT, |meter| round(meter));
    println!("{name}: {cost:?}");
    cost
}

#[test]
fn a_datagram_in_the_smallest_pieces_with_a_hole_between_any_two() {
    for is_backward in [false, true] {
        feed("smallest pieces", |meter| {
            let mut fed = Fed::new(meter, DefragmentLimits::default());
            let mut numbers: Vec<usize> = (0..8_190).step_by(2).collect();
            if is_backward {
                numbers.reverse();
            }
            for number in numbers {
                let frame = ipv4_fragment(1, number * 8, true, 17, &[7; 8]);
                assert_eq!(fed.add(meter, &frame, 0), Addition::Held);
            }
            // One over all of them.
            let over = ipv4_fragment(1, 0, true, 17, &[9; 65_512]);
            assert_eq!(fed.add(meter, &over, 0), Addition::Held);
            fed.end(meter);
        });
    }
}

#[test]
fn many_datagrams_whose_time_is_over_at_once() {
    feed("timeouts", |meter| {
        let mut fed = Fed::new(meter, DefragmentLimits::default());
        for number in 0..10_000u32 {
            fed.add(meter, &ipv6_fragment(number, 0, true, 17, &[7; 1_200]), 0);
        }
        for number in 20_000..20_400u32 {
            fed.add(meter, &ipv6_fragment(number, 0, true, 17, &[7; 8]), 1_000);
        }
        assert_eq!(fed.defragmenter.counters().timed_out, 10_000);
        assert_eq!(fed.defragmenter.waiting(), 400);
        fed.end(meter);
    });
}

#[test]
fn a_large_fragment_takes_the_room_of_many_small_ones() {
    feed("room", |meter| {
        let limits = DefragmentLimits { bytes: 4 << 20, ..DefragmentLimits::default() };
        let mut fed = Fed::new(meter, limits);
        for number in 0..9_000u32 {
            fed.add(meter, &ipv6_fragment(number, 0, true, 17, &[7; 8]), 0);
        }
        for number in 10_000..10_200u32 {
            fed.add(meter, &ipv6_fragment(number, 65_000, true, 17, &[7; 8]), 0);
            assert!(fed.defragmenter.bytes() <= limits.bytes);
        }
        fed.end(meter);
    });
}

#[test]
fn what_a_datagram_needs_beside_its_payload_counts() {
    let limits = DefragmentLimits { bytes: 256 << 10, ..DefragmentLimits::default() };
    let cost = feed("repeated", |meter| {
        let mut fed = Fed::new(meter, limits);
        // Each fragment again and again: no byte is new, but each is remembered.
        for round in 0..200 {
            for number in 0..1_000u32 {
                fed.add(meter, &ipv6_fragment(number, 8 * (round % 2), true, 17, &[7; 8]), 0);
            }
        }
        fed.end(meter);
    });
    // Vectors that grow have up to twice the room, and a datagram a place.
    assert!(cost.held < 2 * (256 << 10) + 1_000 * 512, "{cost:?}");
}
