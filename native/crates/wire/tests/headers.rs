//! Hand-made frames for every link type and tunnel: bytes in, headers out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod frames;

use frames::*;
use lookback_wire::{Decoded, FlowKey, FlowKind, SessionIdTracking, Tunnels, decode, link_type};

fn decoded(link: u16, frame: &[u8]) -> Decoded {
    decoded_of(link, frame, frame.len() as u32)
}

fn decoded_of(link: u16, frame: &[u8], original_length: u32) -> Decoded {
    let mut out = Decoded::default();
    decode(link, frame, original_length, &mut out).unwrap();
    out
}

fn ethernet_frame(kind: u16, body: &[u8]) -> Decoded {
    decoded(link_type::ETHERNET, &ethernet(kind, body))
}

/// Asserts that the innermost packet is the UDP datagram that [`udp4`] makes.
#[track_caller]
fn is_inner_udp(decoded: &Decoded, frame: &[u8]) {
    assert_eq!((decoded.kind, decoded.malformed), (FlowKind::Udp, None), "{decoded:?}");
    assert_eq!((decoded.source_port, decoded.destination_port), (1111, 2222));
    assert_eq!(decoded.payload(frame), b"payload");
    assert_eq!((decoded.source, decoded.destination), (v4(10, 1), v4(10, 2)));
}

#[track_caller]
fn through(link: u16, frame: &[u8]) -> Decoded {
    let decoded = decoded(link, frame);
    is_inner_udp(&decoded, frame);
    decoded
}

#[test]
fn link_types_that_carry_ip() {
    let ip = udp4();
    let with = |head: &[u8]| [head, &ip].concat();
    let sll2 = {
        let mut head = vec![0; 20];
        head[0] = 8;
        head
    };
    let sll = {
        let mut head = vec![0; 16];
        head[14] = 8;
        head
    };
    let nflog = {
        let mut frame = vec![2, 0, 0, 40, 8, 0, 1, 0, 0, 0, 0, 0, 5, 0, 10, 0, b'x', 0, 0, 0];
        frame.extend(((ip.len() + 4) as u16).to_le_bytes());
        frame.extend([9, 0]);
        [frame, ip.clone()].concat()
    };
    let nflog_big = {
        let mut frame = vec![2, 0, 0, 40, 0, 8, 0, 1, 0, 0, 0, 0];
        frame.extend(((ip.len() + 4) as u16).to_be_bytes());
        frame.extend([0, 9]);
        [frame, ip.clone()].concat()
    };
    let cases: Vec<(u16, Vec<u8>)> = vec![
        (link_type::NULL, with(&[2, 0, 0, 0])),
        (link_type::NULL, with(&[0, 0, 0, 2])),
        (link_type::LOOP, with(&[0, 0, 0, 2])),
        (link_type::RAW, ip.clone()),
        (link_type::RAW_12, ip.clone()),
        (link_type::RAW_14, ip.clone()),
        (link_type::IPV4, ip.clone()),
        (link_type::ETHERNET, ethernet(0x0800, &ip)),
        (link_type::MPACKET, [vec![0x55; 8], ethernet(0x0800, &ip)].concat()),
        (link_type::PPP, with(&[0xff, 3, 0, 0x21])),
        (link_type::PPP, with(&[0, 0x21])),
        (link_type::PPP, with(&[0x21])),
        (link_type::FRAME_RELAY, with(&[0x18, 0x61, 0x08, 0x00])),
        (link_type::FRAME_RELAY, with(&[0x18, 0x61, 0x03, 0xcc])),
        (link_type::FRAME_RELAY, with(&[0x18, 0x60, 0x00, 0x01, 0x08, 0x00])),
        (link_type::FRAME_RELAY, with(&[0x18, 0x61, 0x03, 0x00, 0x80, 0, 0, 0, 8, 0])),
        (link_type::LINUX_SLL, with(&sll)),
        (link_type::LINUX_SLL2, with(&sll2)),
        (link_type::NFLOG, nflog),
        (link_type::NFLOG, nflog_big),
        (link_type::IEEE802_11, with(&wlan(0x08, 0x01))),
        (link_type::IEEE802_11, with(&wlan(0x88, 0x02))),
        (link_type::IEEE802_11, with(&wlan(0x88, 0x03))),
        (link_type::RADIOTAP, with(&[&[0, 0, 8, 0, 0, 0, 0, 0][..], &wlan(0x08, 0)].concat())),
        // The length field of radiotap has two bytes.
        (link_type::RADIOTAP, with(&[&[0, 0, 0x04, 0x01][..], &[0; 256], &wlan(0x08, 0)].concat())),
    ];
    for (link, frame) in cases {
        through(link, &frame);
        // With the header cut short anywhere, it is a broken packet and no panic.
        for length in 0..frame.len() {
            decoded_of(link, &frame[..length], frame.len() as u32);
        }
    }
    let v6 = ipv6(17, &udp(1, 2, b"x"));
    for (link, frame) in [
        (link_type::NULL, [&[30, 0, 0, 0][..], &v6].concat()),
        (link_type::LOOP, [&[0, 0, 0, 24][..], &v6].concat()),
        (link_type::RAW, v6.clone()),
        (link_type::IPV6, v6.clone()),
        (link_type::PPP, [&[0, 0x57][..], &v6].concat()),
    ] {
        assert_eq!(decoded(link, &frame).kind, FlowKind::Udp);
    }
}

#[test]
fn ethertype_is_that_of_ethernet_only() {
    assert_eq!(ethernet_frame(0x0800, &udp4()).ethertype, Some(0x0800));
    assert_eq!(decoded(link_type::RAW, &udp4()).ethertype, None);
    let vxlan = [&[8, 0, 0, 0, 0, 0, 7, 0][..], &ethernet(0x0806, &arp(1))].concat();
    let inner_arp = ethernet_frame(0x0800, &ipv4(17, &udp(9, 4789, &vxlan)));
    assert_eq!((inner_arp.ethertype, inner_arp.label, inner_arp.ip_protocol), (Some(0x0800), "arp", 17));
    assert!(inner_arp.has_ip && inner_arp.outer_ips.is_empty());
}

#[test]
fn vlan_tags_outermost_first() {
    let ip = udp4();
    let tagged = [&[0x05, 0xf5, 0x81, 0x00, 0x20, 0x1e, 0x08, 0x00][..], &ip].concat();
    let frame = ethernet(0x88a8, &tagged);
    let found = through(link_type::ETHERNET, &frame);
    assert_eq!(found.vlans.as_slice(), [(1525, true), (30, false)]);
    assert_eq!(found.ethertype, Some(0x0800));
    let mut deep = Vec::new();
    for id in 1..=12u16 {
        deep.extend(id.to_be_bytes());
        deep.extend(if id == 12 { [0x08, 0x00] } else { [0x81, 0x00] });
    }
    deep.extend(&ip);
    let found = ethernet_frame(0x8100, &deep);
    assert_eq!((found.kind, found.vlans.len()), (FlowKind::Udp, 8));
    let endless = ethernet_frame(0x8100, &[0, 1, 0x81, 0].repeat(300));
    assert_eq!((endless.label, endless.malformed.unwrap().layer), ("corrupt-ip", "vlan"));
}

#[test]
fn tunnels_in_ethernet() {
    let ip = udp4();
    let cases: Vec<(u16, Vec<u8>, Tunnels)> = vec![
        (0x8847, [&[0, 1, 0x20, 64, 0, 1, 0x31, 64][..], &ip].concat(), Tunnels::MPLS),
        (0x8847, [&[0, 1, 0x31, 64, 0, 0, 0, 0][..], &ethernet(0x0800, &ip)].concat(), Tunnels::MPLS),
        (0x8864, [&[0x11, 0, 0, 1, 0, ip.len() as u8 + 2, 0, 0x21][..], &ip].concat(), Tunnels::PPPOE),
        (0x894f, [&[0x0f, 0xc2, 1, 1, 0, 0, 1, 255][..], &ip].concat(), Tunnels::NSH),
        (0x894f, [&[0x0f, 0xc2, 1, 3, 0, 0, 1, 255][..], &ethernet(0x0800, &ip)].concat(), Tunnels::NSH),
        (0x8909, [&[1, 1, 0, 1, 0, 5, 8, 0][..], &ip].concat(), Tunnels::CISCO_METADATA),
    ];
    for (kind, body, tunnel) in cases {
        let frame = ethernet(kind, &body);
        let found = through(link_type::ETHERNET, &frame);
        assert!(found.tunnels.contains(tunnel), "{kind:x}");
    }
}

#[test]
fn tunnels_in_ip() {
    let ip = udp4();
    let ether = ethernet(0x0800, &ip);
    let gre = |head: &[u8], body: &[u8]| (47, [head, body].concat());
    /// IP protocol and body, and the labels they give.
    type Case<'a> = ((u8, Vec<u8>), &'a [&'a str]);
    let cases: Vec<Case<'_>> = vec![
        ((4, ip.clone()), &[]),
        (gre(&[0, 0, 8, 0], &ip), &["gre"]),
        (gre(&[0xb0, 0, 8, 0, 1, 1, 0, 0, 2, 2, 2, 2, 3, 3, 3, 3], &ip), &["gre"]),
        (gre(&[0x40, 0, 8, 0, 1, 1, 0, 0, 0, 8, 0, 4, 9, 9, 9, 9, 0, 0, 0, 0], &ip), &["gre"]),
        (gre(&[0, 0, 0x65, 0x58], &ether), &["gre"]),
        (gre(&[0, 0, 0x88, 0x47, 0, 1, 0x31, 64], &ip), &["gre", "mpls"]),
        (
            gre(&[0x30, 0x81, 0x88, 0x0b, 0, 39, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, 0x21], &ip),
            &["gre", "ppp"],
        ),
        (gre(&[0, 0, 0x88, 0x3e, 9, 9, 9, 9], &ip), &["gre"]),
        // ERSPAN I, II and III.
        (gre(&[0, 0, 0x88, 0xbe], &ether), &["gre"]),
        (gre(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0x17, 8, 0x64, 0, 0, 0, 0], &ether), &["gre"]),
        (gre(&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &ether), &["gre"]),
        (
            gre(
                &[
                    0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 8, 1, 1, 2, 3, 4, 5,
                    6, 7, 8,
                ],
                &ip,
            ),
            &["gre"],
        ),
        ((97, [&[0x30, 0][..], &ether].concat()), &[]),
        ((137, [&[0, 1, 0x31, 64][..], &ip].concat()), &["mpls"]),
        ((17, udp(5, 4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &ether].concat())), &["vxlan"]),
        ((17, udp(5, 8472, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &ether].concat())), &["vxlan"]),
        ((17, udp(5, 4790, &[&[12, 0, 0, 1, 0, 0, 7, 0][..], &ip].concat())), &["vxlan-gpe"]),
        ((17, udp(5, 4790, &[&[12, 0, 0, 3, 0, 0, 7, 0][..], &ether].concat())), &["vxlan-gpe"]),
        ((17, udp(5, 6081, &[&[0, 0, 0x65, 0x58, 0, 0, 7, 0][..], &ether].concat())), &["geneve"]),
        ((17, udp(5, 6081, &[&[1, 0, 8, 0, 0, 0, 7, 0, 1, 2, 3, 4][..], &ip].concat())), &["geneve"]),
        ((17, udp(5, 2152, &gtp(0x30, &[], &ip))), &["gtp"]),
        ((17, udp(5, 2152, &gtp(0x36, &[0, 1, 0, 0], &ip))), &["gtp"]),
        ((17, udp(5, 2152, &gtp(0x34, &[0, 1, 0, 0x85, 1, 9, 9, 0], &ip))), &["gtp"]),
    ];
    for ((protocol, body), labels) in cases {
        let frame = ethernet(0x0800, &ipv4_between(v4(20, 1), v4(20, 2), protocol, &body));
        let found = through(link_type::ETHERNET, &frame);
        assert_eq!(found.tunnels.labels().collect::<Vec<_>>(), labels, "{protocol}");
        assert_eq!(found.outer_ips.as_slice(), [(v4(20, 1), v4(20, 2))]);
        for length in 0..frame.len() {
            decoded(link_type::ETHERNET, &frame[..length]);
            decoded_of(link_type::ETHERNET, &frame[..length], frame.len() as u32);
        }
        // The same in IPv6.
        let frame = ethernet(0x86dd, &ipv6(protocol, &body));
        is_inner_udp(&decoded(link_type::ETHERNET, &frame), &frame);
    }
    let erspan =
        [&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0xf0 & 0x10, 0x17, 8, 0x64, 0, 0, 0, 0][..], &ether].concat();
    assert_eq!(ethernet_frame(0x0800, &ipv4(47, &erspan)).vlans.as_slice(), [(23, false)]);
    let vni =
        ethernet_frame(0x0800, &ipv4(17, &udp(5, 4789, &[&[8, 0, 0, 0, 1, 2, 3, 0][..], &ether].concat())));
    assert_eq!((vni.vni, vni.outer_macs.len()), (Some(0x01_0203), 1));
}

#[test]
fn what_only_looks_like_a_tunnel_by_port_is_udp() {
    for (port, body) in [
        (4789, vec![0xff; 40]),
        (6081, vec![0xff; 40]),
        (2152, vec![0x32, 1, 0, 0, 0, 0, 0, 0]),
        (4790, vec![0; 40]),
    ] {
        let found = ethernet_frame(0x0800, &ipv4(17, &udp(5, port, &body)));
        assert_eq!(
            (found.kind, found.destination_port, found.tunnels),
            (FlowKind::Udp, port, Tunnels::default())
        );
        assert_eq!((found.payload_end - found.payload_start) as usize, body.len());
    }
}

#[test]
fn nesting_is_bounded() {
    let mut packet = udp4();
    for _ in 0..8 {
        packet = ipv4(4, &packet);
    }
    assert_eq!(decoded(link_type::RAW, &packet).kind, FlowKind::Udp);
    for _ in 0..20 {
        packet = ipv4(4, &packet);
    }
    let found = decoded(link_type::RAW, &packet);
    assert_eq!((found.label, found.malformed.unwrap().reason), ("corrupt-ip", "too-deep"));
    assert!(found.outer_ips.len() < 12);
    let snap = [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x70].repeat(5_000);
    assert_eq!(ethernet_frame(0x8870, &snap).malformed.unwrap().reason, "too-deep");
}

#[test]
fn padding_is_no_payload() {
    let mut frame = ethernet(0x0800, &ipv4(6, &tcp(0x10, b"")));
    frame.resize(60, 0);
    let found = decoded(link_type::ETHERNET, &frame);
    assert_eq!((found.kind, found.payload_start, found.payload_end), (FlowKind::Tcp, 54, 54));
    let mut frame = ethernet(0x86dd, &ipv6(17, &udp(1, 2, b"abc")));
    frame.extend([0xff; 4]);
    assert_eq!(decoded(link_type::ETHERNET, &frame).payload(&frame), b"abc");
    // An 802.3 length cuts too.
    let mut frame = ethernet(6, &[0xfe, 0xfe, 3, 0x83, 27, 1]);
    frame.resize(60, 0);
    assert_eq!(decoded(link_type::ETHERNET, &frame).payload(&frame), [0x83, 27, 1]);
    // UDP's own length is the last word.
    let mut datagram = udp(1, 2, b"abcdef");
    datagram[5] = 8 + 3;
    let frame = ethernet(0x0800, &ipv4(17, &datagram));
    assert_eq!(decoded(link_type::ETHERNET, &frame).payload(&frame), b"abc");
}

#[test]
fn tcp_facts() {
    let frame = ethernet(0x0800, &ipv4(6, &tcp(0x112, b"data")));
    let found = decoded(link_type::ETHERNET, &frame);
    assert_eq!(found.tcp.flags, 0x112);
    assert_eq!(
        (found.tcp.sequence, found.tcp.acknowledgement, found.tcp.window),
        (0x0102_0304, 0x0506_0708, 0x1000)
    );
    assert_eq!((found.source_port, found.destination_port), (4000, 80));
    assert_eq!(found.payload(&frame), b"data");
    assert_eq!((found.ttl, found.dscp), (64, 46));
    let mut bad = tcp(0x10, b"data");
    bad[12] = 0xf0;
    let found = ethernet_frame(0x0800, &ipv4(6, &bad));
    assert_eq!((found.kind, found.payload_start), (FlowKind::Tcp, found.payload_end));
    assert_eq!(found.malformed.unwrap().reason, "bad-offset");
}

#[test]
fn a_segment_that_was_cut_says_how_much_of_its_payload_is_missing() {
    // Eight words of header and a hundred bytes.
    let mut segment = tcp(0x12, &[7; 12 + 100]);
    segment[12] = 0x80;
    let frame = ethernet(0x0800, &ipv4(6, &segment));
    let whole = frame.len() as u32;
    let cut = |length: usize| decoded_of(link_type::ETHERNET, &frame[..length], whole);
    // Behind the payload's first forty bytes, its header, in its options, and the fixed part of the header.
    for (length, present) in
        [(14 + 20 + 32 + 40, 40), (14 + 20 + 32, 0), (14 + 20 + 26, 0), (14 + 20 + 20, 0)]
    {
        let found = cut(length);
        assert_eq!((found.malformed, found.tcp.flags, found.truncated), (None, 0x12, true), "{length}");
        let payload = found.payload_end - found.payload_start;
        assert_eq!((payload, found.payload_missing), (present, 100 - present), "{length}");
    }
    // More words than the packet itself has.
    segment[12] = 0xf0;
    let short = ethernet(0x0800, &ipv4(6, &segment[..40]));
    let found = decoded_of(link_type::ETHERNET, &short[..60], short.len() as u32);
    assert_eq!(found.malformed.unwrap().reason, "bad-offset");
}

#[test]
fn other_transports() {
    let icmp = ethernet(0x0800, &ipv4(1, &[8, 3, 0, 0, 1, 2, 3, 4]));
    let found = decoded(link_type::ETHERNET, &icmp);
    assert_eq!((found.kind, found.icmp, found.payload(&icmp).len()), (FlowKind::Icmp, (8, 3), 8));
    let sctp = ethernet(0x0800, &ipv4(132, &[0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7]));
    let found = decoded(link_type::ETHERNET, &sctp);
    assert_eq!((found.kind, found.source_port, found.destination_port), (FlowKind::Sctp, 1, 2));
    assert_eq!(found.payload(&sctp), [7, 7]);
    let esp = ethernet(0x0800, &ipv4(50, &[0, 0, 1, 0, 0, 0, 0, 9, 5, 5, 5]));
    let found = decoded(link_type::ETHERNET, &esp);
    assert_eq!((found.kind, found.spi, found.payload(&esp)), (FlowKind::Esp, 256, &[5, 5, 5][..]));
    let ah = [&[17, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1][..], &[0xee; 12], &udp(1111, 2222, b"payload")].concat();
    let frame = ethernet(0x0800, &ipv4_between(v4(10, 1), v4(10, 2), 51, &ah));
    let found = through(link_type::ETHERNET, &frame);
    assert_eq!(found.ip_protocol, 51);
    for (protocol, label) in
        [(2, "igmp"), (103, "pim"), (89, "ospf"), (112, "unknown-ip"), (88, "unknown-ip")]
    {
        let found = ethernet_frame(0x0800, &ipv4(protocol, &[1; 8]));
        assert_eq!((found.kind, found.label, found.ip_protocol), (FlowKind::Other, label, protocol));
    }
}

#[test]
fn other_link_protocols() {
    let cases: [(u16, &[u8], &str); 8] = [
        (0x88cc, &[2, 7, 4], "lldp"),
        (6, &[0, 1, 0xaf, 0x81, 1, 0], "xid"),
        (6, &[0xfe, 0xfe, 3, 0x83, 27, 1], "isis"),
        (6, &[0xfe, 0xfe, 3, 0x82, 27, 1], "esis"),
        (38, &[0x42, 0x42, 3, 0, 0], "unknown-ether"),
        (9, &[0xaa, 0xaa, 3, 0, 0, 12, 0x20, 0, 1], "unknown-ether"),
        (0x88b5, &[1, 2, 3], "unknown-ether"),
        (0x0806, &arp(1), "arp"),
    ];
    for (kind, body, label) in cases {
        let found = ethernet_frame(kind, body);
        assert_eq!((found.kind, found.label, found.has_ip), (FlowKind::Other, label, false));
        assert_eq!(found.ethertype, Some(kind));
    }
    // A question and its answer are one session; questions for two addresses are two.
    let key = |found: &Decoded| FlowKey::of(found, SessionIdTracking::Vlan);
    assert_eq!(key(&ethernet_frame(0x0806, &arp(1))), key(&ethernet_frame(0x0806, &arp(2))));
    let mut other = arp(1);
    other[27] = 77;
    assert_ne!(key(&ethernet_frame(0x0806, &other)), key(&ethernet_frame(0x0806, &arp(1))));
    // Two ethertypes are two sessions, two labels with no key too.
    assert_ne!(key(&ethernet_frame(0x88b5, &[1])), key(&ethernet_frame(0x88b6, &[1])));
    assert_ne!(key(&ethernet_frame(0x88cc, &[1])), key(&ethernet_frame(6, &[0xfe, 0xfe, 3, 0x83])));
    assert_eq!(decoded(147, b"anything").label, "unknown-link");
    assert_eq!(decoded(link_type::ETHERNET, b"").label, "corrupt-ip");
    assert_eq!(decoded(link_type::IEEE802_11, &wlan(0x80, 0)).label, "ieee80211");
}

#[test]
fn ip_lengths_that_do_not_hold() {
    let ip = udp4();
    let mut long = ip.clone();
    long[3] += 40;
    // More than there is: broken, unless the capture was cut.
    let frame = ethernet(0x0800, &long);
    assert_eq!(decoded(link_type::ETHERNET, &frame).label, "corrupt-ip");
    let cut = decoded_of(link_type::ETHERNET, &frame, 200);
    assert_eq!((cut.kind, cut.truncated), (FlowKind::Udp, true));
    // Zero, as segmentation offload leaves it.
    let mut zero = ip.clone();
    zero[2..4].fill(0);
    assert_eq!(ethernet_frame(0x0800, &zero).kind, FlowKind::Udp);
    for (at, value) in [(0, 0x55), (0, 0x44), (0, 0x4f)] {
        let mut bad = ip.clone();
        bad[at] = value;
        let found = ethernet_frame(0x0800, &bad);
        assert_eq!((found.label, found.has_ip), ("corrupt-ip", false), "{value:x}");
    }
    // Ports survive a cut in the transport header.
    let cut = decoded_of(link_type::ETHERNET, &ethernet(0x0800, &ipv4(6, &tcp(2, b"")))[..14 + 24], 60);
    assert_eq!(
        (cut.kind, cut.source_port, cut.destination_port, cut.truncated),
        (FlowKind::Tcp, 4000, 80, true)
    );
}

#[test]
fn ipv6_extension_headers() {
    let datagram = udp(1, 2, b"abc");
    let chain =
        [&[43, 0, 5, 2, 0, 0, 1, 0][..], &[60, 0, 0, 0, 0, 0, 0, 0], &[17, 1], &[0; 14], &datagram].concat();
    let frame = ethernet(0x86dd, &ipv6(0, &chain));
    let found = decoded(link_type::ETHERNET, &frame);
    assert_eq!((found.kind, found.ip_protocol, found.payload(&frame)), (FlowKind::Udp, 17, &b"abc"[..]));
    assert_eq!((found.ttl, found.dscp), (64, 46));
    let endless = [60, 0, 0, 0, 0, 0, 0, 0].repeat(100);
    assert_eq!(ethernet_frame(0x86dd, &ipv6(60, &endless)).malformed.unwrap().reason, "too-many-extensions");
    // A fragment that is the whole is no fragment.
    let atomic = [&[17, 0, 0, 0, 1, 2, 3, 4][..], &datagram].concat();
    assert!(ethernet_frame(0x86dd, &ipv6(44, &atomic)).fragment.is_none());
    let first = [&[17, 0, 0, 1, 1, 2, 3, 4][..], &datagram].concat();
    let fragment = ethernet_frame(0x86dd, &ipv6(44, &first)).fragment.unwrap();
    assert_eq!(
        (fragment.identification, fragment.offset, fragment.more, fragment.next_header),
        (0x0102_0304, 0, true, 17)
    );
}

/// RFC 2427 section 4.2 has no padding, and RFC 2684 section 5.2 two bytes, whether a check sequence follows or not.
#[test]
fn bridged_frames_over_frame_relay_and_in_llc() {
    let bridged = ethernet(0x0800, &udp4());
    for pid in [1, 7] {
        let snap = [0, 0x80, 0xc2, 0, pid];
        through(link_type::FRAME_RELAY, &[&[0x18, 0x61, 0x03, 0x00, 0x80][..], &snap, &bridged].concat());
        let llc = [&[0xaa, 0xaa, 3][..], &snap, &[0, 0], &bridged].concat();
        through(link_type::ETHERNET, &ethernet(llc.len() as u16, &llc));
    }
}

#[test]
fn dhcp_is_known_by_its_client() {
    let mut body = vec![0; 300];
    body[..3].copy_from_slice(&[1, 1, 6]);
    body[28..34].copy_from_slice(&[2, 0, 0, 0, 0, 1]);
    body[236..240].copy_from_slice(&[0x63, 0x82, 0x53, 0x63]);
    let ask = ethernet_frame(0x0800, &ipv4_between(v4(0, 0), v4(255, 255), 17, &udp(68, 67, &body)));
    body[0] = 2;
    let answer = ethernet_frame(0x0800, &ipv4_between(v4(10, 1), v4(10, 9), 17, &udp(67, 68, &body)));
    let (a, b) = (FlowKey::of(&ask, SessionIdTracking::None), FlowKey::of(&answer, SessionIdTracking::None));
    assert_eq!((ask.kind, ask.label), (FlowKind::Udp, "dhcp"));
    assert_eq!(a, b);
    assert_ne!(a.reversed(), b.reversed());
    body[33] = 2;
    let other = ethernet_frame(0x0800, &ipv4_between(v4(10, 1), v4(10, 9), 17, &udp(67, 68, &body)));
    assert_ne!(FlowKey::of(&other, SessionIdTracking::None), a);
    // A boot server has a port of its own (PXE).
    body[33] = 1;
    let boot = ethernet_frame(0x0800, &ipv4_between(v4(10, 9), v4(10, 1), 17, &udp(68, 4011, &body)));
    assert_eq!((boot.label, FlowKey::of(&boot, SessionIdTracking::None)), ("dhcp", a));
    for ports in [(68, 4011), (67, 50_000)] {
        let other = ethernet_frame(
            0x0800,
            &ipv4_between(v4(10, 9), v4(10, 1), 17, &udp(ports.0, ports.1, &[1, 2, 3, 4, 5, 6, 7, 8])),
        );
        assert_eq!((other.label, other.other_key.len()), ("", 0), "{ports:?}");
    }
}

#[test]
fn dhcpv6_is_known_by_its_transaction_which_what_is_relayed_has_not() {
    let message = |kind: u8| [kind, 1, 2, 3, 0, 8, 0, 2, 0, 0];
    let of = |ports: (u16, u16), kind: u8| {
        ethernet_frame(0x86dd, &ipv6(17, &udp(ports.0, ports.1, &message(kind))))
    };
    let (ask, answer) = (of((546, 547), 1), of((547, 546), 2));
    assert_eq!((ask.label, &ask.other_key[..]), ("dhcpv6", &[1, 2, 3][..]));
    assert_eq!((answer.label, &answer.other_key), ("dhcpv6", &ask.other_key));
    for kind in [12, 13] {
        let relayed = of((547, 547), kind);
        assert_eq!((relayed.kind, relayed.label, relayed.other_key.len()), (FlowKind::Udp, "", 0));
    }
}
