//! Fragments in any order, doubled, overlapping, endless.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod frames;
mod support;

use frames::*;
use lookback_cost::Random;
use lookback_wire::{
    Addition, Decoded, DefragmentLimits, Defragmenter, FlowKind, Reassembled, decode, decode_reassembled,
    link_type,
};

fn add(defragmenter: &mut Defragmenter, frame: &[u8], now_s: i64, token: u64) -> (Addition, Decoded) {
    let mut decoded = Decoded::default();
    decode(link_type::ETHERNET, frame, frame.len() as u32, &mut decoded).unwrap();
    assert_eq!(decoded.label, "ip-fragment");
    (defragmenter.add(frame, &decoded, now_s, token), decoded)
}

fn whole(addition: Addition) -> Reassembled {
    match addition {
        Addition::Complete(whole) => whole,
        other => panic!("{other:?}"),
    }
}

/// Splits a datagram into frames of `size` payload bytes.
fn split(datagram: &[u8], size: usize, identification: u16, is_v6: bool) -> Vec<Vec<u8>> {
    let count = datagram.len().div_ceil(size);
    datagram
        .chunks(size)
        .enumerate()
        .map(|(n, piece)| {
            let more = n + 1 < count;
            if is_v6 {
                ethernet(0x86dd, &ipv6_fragment(u32::from(identification), n * size, more, 17, piece))
            } else {
                ethernet(0x0800, &ipv4_fragment(identification, n * size, more, 17, piece))
            }
        })
        .collect()
}

fn datagram(length: usize) -> (Vec<u8>, Vec<u8>) {
    let body: Vec<u8> = (0..length).map(|n| (n * 7) as u8).collect();
    (udp(53, 5353, &body), body)
}

#[test]
fn any_order_gives_the_datagram() {
    let mut random = Random(5);
    for is_v6 in [false, true] {
        for case in 0..200u16 {
            let (datagram, body) = datagram(1 + random.below(3000));
            let size = 8 * (1 + random.below(40));
            let mut frames = split(&datagram, size, case, is_v6);
            if frames.len() < 2 {
                continue;
            }
            for at in (1..frames.len()).rev() {
                frames.swap(at, random.below(at + 1));
            }
            let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
            let last = frames.len() - 1;
            for (n, frame) in frames.iter().enumerate() {
                let (addition, mut decoded) = add(&mut defragmenter, frame, 0, n as u64);
                if n < last {
                    assert_eq!(addition, Addition::Held);
                    // Now and then a fragment comes twice.
                    if random.below(4) == 0 {
                        assert_eq!(add(&mut defragmenter, frame, 0, n as u64).0, Addition::Held);
                    }
                    continue;
                }
                let whole = whole(addition);
                assert!((0..last as u64).all(|token| whole.tokens.contains(&token)));
                decode_reassembled(&whole.frame, &whole.fragment, &mut decoded).unwrap();
                assert_eq!((decoded.kind, decoded.source_port), (FlowKind::Udp, 53));
                assert_eq!(decoded.payload(&whole.frame), body);
                assert!(decoded.fragment.is_none() && decoded.outer_ips.is_empty() && decoded.macs.is_some());
                // It also decodes as if it had never been split.
                let mut again = Decoded::default();
                decode(link_type::ETHERNET, &whole.frame, whole.frame.len() as u32, &mut again).unwrap();
                assert_eq!(again.payload(&whole.frame), body);
                assert_eq!(again.ip_protocol, 17);
            }
            assert_eq!((defragmenter.waiting(), defragmenter.bytes()), (0, 0));
            assert_eq!(defragmenter.counters().reassembled, 1);
        }
    }
}

#[test]
fn a_last_fragment_may_have_other_flags() {
    let (datagram, _) = datagram(40);
    let mut frames = split(&datagram, 24, 9, false);
    // Do not fragment, and the reserved bit.
    frames[1][14 + 6] |= 0xc0;
    let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
    assert_eq!(add(&mut defragmenter, &frames[0], 0, 0).0, Addition::Held);
    whole(add(&mut defragmenter, &frames[1], 0, 1).0);
}

#[test]
fn fragments_inside_a_tunnel() {
    let (datagram, body) = datagram(100);
    let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
    let inner: Vec<_> = split(&datagram, 56, 3, false);
    let frames: Vec<_> = inner
        .iter()
        .map(|frame| {
            ethernet(
                0x0800,
                &ipv4_between(
                    v4(20, 1),
                    v4(20, 2),
                    17,
                    &udp(1, 4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], frame].concat()),
                ),
            )
        })
        .collect();
    assert_eq!(add(&mut defragmenter, &frames[0], 0, 0).0, Addition::Held);
    let (addition, mut decoded) = add(&mut defragmenter, &frames[1], 0, 1);
    let whole = whole(addition);
    decode_reassembled(&whole.frame, &whole.fragment, &mut decoded).unwrap();
    assert_eq!(decoded.payload(&whole.frame), body);
    assert_eq!(decoded.outer_ips.as_slice(), [(v4(20, 1), v4(20, 2))]);
    assert_eq!((decoded.vni, decoded.outer_macs.len()), (Some(7), 1));
}

#[test]
fn the_first_bytes_stay_in_ipv4_and_an_overlap_ends_ipv6() {
    let first = [1u8; 16];
    let second = [2u8; 16];
    let v4_frame = |offset, more, body: &[u8]| ethernet(0x0800, &ipv4_fragment(1, offset, more, 253, body));
    let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
    assert_eq!(add(&mut defragmenter, &v4_frame(0, true, &first), 0, 0).0, Addition::Held);
    let joined = whole(add(&mut defragmenter, &v4_frame(8, false, &second), 0, 1).0);
    assert_eq!(joined.frame[34..], [&[1u8; 16][..], &[2; 8]].concat());
    assert_eq!(defragmenter.counters().overlaps, 1);
    // A piece around one that is known fills what is missing on both sides.
    let around = [3u8; 32];
    assert_eq!(add(&mut defragmenter, &v4_frame(16, true, &first), 0, 0).0, Addition::Held);
    assert_eq!(add(&mut defragmenter, &v4_frame(8, false, &around), 0, 1).0, Addition::Held);
    let joined = whole(add(&mut defragmenter, &v4_frame(0, true, &second[..8]), 0, 2).0);
    assert_eq!(joined.frame[34..], [&[2u8; 8][..], &[3; 8], &[1; 16], &[3; 8]].concat());

    let v6_frame = |offset, more, body: &[u8]| ethernet(0x86dd, &ipv6_fragment(1, offset, more, 253, body));
    assert_eq!(add(&mut defragmenter, &v6_frame(0, true, &first), 0, 0).0, Addition::Held);
    assert_eq!(add(&mut defragmenter, &v6_frame(0, true, &first), 0, 0).0, Addition::Held);
    assert_eq!(add(&mut defragmenter, &v6_frame(8, false, &second), 0, 1).0, Addition::Refused);
    assert_eq!(defragmenter.waiting(), 0);
}

#[test]
fn fragments_of_different_datagrams_do_not_mix() {
    let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
    let (datagram, _) = datagram(40);
    for identification in 0..50 {
        assert_eq!(
            add(&mut defragmenter, &split(&datagram, 24, identification, false)[0], 0, 0).0,
            Addition::Held
        );
    }
    let mut tagged = split(&datagram, 24, 7, false)[1].clone();
    tagged.splice(12..12, [0x81, 0, 0, 5]);
    assert_eq!(add(&mut defragmenter, &tagged, 0, 0).0, Addition::Held, "another VLAN");
    whole(add(&mut defragmenter, &split(&datagram, 24, 7, false)[1], 0, 0).0);
    assert_eq!(defragmenter.waiting(), 50);
}

#[test]
fn what_can_never_be_whole_is_refused() {
    let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
    let frame = |offset, more, body: &[u8]| ethernet(0x0800, &ipv4_fragment(1, offset, more, 17, body));
    // The ping of death, no multiple of eight, nothing in it.
    assert_eq!(add(&mut defragmenter, &frame(65_528, false, &[0; 100]), 0, 0).0, Addition::Refused);
    assert_eq!(add(&mut defragmenter, &frame(0, true, &[0; 7]), 0, 0).0, Addition::Refused);
    assert_eq!(add(&mut defragmenter, &frame(0, true, &[]), 0, 0).0, Addition::Refused);
    // Two ends.
    assert_eq!(add(&mut defragmenter, &frame(16, false, &[0; 8]), 0, 0).0, Addition::Held);
    assert_eq!(add(&mut defragmenter, &frame(8, false, &[0; 8]), 0, 0).0, Addition::Refused);
    assert_eq!(defragmenter.waiting(), 0);
    // Past the end.
    assert_eq!(add(&mut defragmenter, &frame(16, false, &[0; 8]), 0, 0).0, Addition::Held);
    assert_eq!(add(&mut defragmenter, &frame(24, true, &[0; 8]), 0, 0).0, Addition::Refused);
    // Too large only together with its header.
    for at in 0..31 {
        assert_eq!(add(&mut defragmenter, &frame(at * 2048, true, &[0; 2048]), 0, 0).0, Addition::Held);
    }
    assert_eq!(add(&mut defragmenter, &frame(31 * 2048, false, &[0; 2040]), 0, 0).0, Addition::Refused);
    assert_eq!(defragmenter.bytes(), 0);
}

#[test]
fn time_and_room_are_bounded() {
    let limits = DefragmentLimits { datagrams: 10, timeout_s: 480, bytes: 4400 };
    let mut defragmenter = Defragmenter::new(limits);
    let frame = |id, body: &[u8]| ethernet(0x0800, &ipv4_fragment(id, 0, true, 17, body));
    for id in 0..11 {
        add(&mut defragmenter, &frame(id, &[0; 8]), i64::from(id), 0);
    }
    assert_eq!((defragmenter.waiting(), defragmenter.counters().evicted), (10, 1));
    // Datagrams that began at seconds 1 to 10; the last that is in time began at 6.
    add(&mut defragmenter, &frame(100, &[0; 8]), 486, 0);
    assert_eq!((defragmenter.waiting(), defragmenter.counters().timed_out), (6, 5));
    // The clock does not go back: what comes at second 0 now has begun at 486.
    add(&mut defragmenter, &frame(101, &[0; 8]), 0, 0);
    add(&mut defragmenter, &frame(102, &[0; 8]), 966, 0);
    assert_eq!((defragmenter.waiting(), defragmenter.counters().timed_out), (3, 5 + 5));
    add(&mut defragmenter, &frame(103, &[0; 8]), 967, 0);
    assert_eq!((defragmenter.waiting(), defragmenter.counters().timed_out), (2, 5 + 5 + 2));
    for id in 0..9 {
        add(&mut defragmenter, &frame(1000 + id, &[0; 1000]), 967, 0);
        assert!(defragmenter.bytes() <= 4400);
    }
    assert_eq!(defragmenter.waiting(), 4);
}

#[test]
fn a_clock_that_goes_back_shortens_no_wait() {
    let mut defragmenter = Defragmenter::new(DefragmentLimits::default());
    let frame = |id, offset, more| ethernet(0x0800, &ipv4_fragment(id, offset, more, 17, &[0; 8]));
    add(&mut defragmenter, &frame(1, 0, true), 1000, 0);
    add(&mut defragmenter, &frame(2, 0, true), 0, 0);
    whole(add(&mut defragmenter, &frame(1, 8, false), 1000, 0).0);
    whole(add(&mut defragmenter, &frame(2, 8, false), 1400, 0).0);
}
