//! What IP carries: transports, and the tunnels that ride on IP protocols and UDP ports.

use crate::decoded::{FlowKind, Tcp, Tunnels};
use crate::walk::{Step, Walk, be16, be32, label};

pub(crate) const TCP_HEADER: usize = 20;
pub(crate) const UDP_HEADER: usize = 8;
const SCTP_HEADER: usize = 12;
/// Most GTP extension headers of one packet.
const MAX_GTP_EXTENSIONS: usize = 16;

/// Whether a datagram with these ports, those of sender and receiver, is UDP and nothing else, whatever it holds: no tunnel
/// and no DHCP.
#[inline]
pub(crate) fn is_ordinary_udp([source, destination]: [u16; 2]) -> bool {
    tunnel(destination).is_none() && !may_be_dhcp(source, destination)
}

/// What may be behind a datagram's header, by its destination port. It must look like itself: otherwise it is ordinary UDP.
#[inline]
fn tunnel<'w>(port: u16) -> Option<fn(&mut Walk<'w>) -> Option<Step>> {
    match port {
        4789 | 8472 => Some(Walk::vxlan),
        4790 => Some(Walk::vxlan_gpe),
        6081 => Some(Walk::geneve),
        2152 => Some(Walk::gtp),
        _ => None,
    }
}

#[inline]
fn may_be_dhcp(source: u16, destination: u16) -> bool {
    matches!(destination, 67 | 68 | 546 | 547) || matches!(source, 67 | 68)
}

/// The facts of a TCP header, and the length that it says it has.
#[inline]
fn tcp_facts(header: &[u8; TCP_HEADER]) -> (Tcp, usize) {
    let [_, _, _, _, s0, s1, s2, s3, a0, a1, a2, a3, o0, o1, w0, w1, ..] = *header;
    let facts = Tcp {
        sequence: u32::from_be_bytes([s0, s1, s2, s3]),
        acknowledgement: u32::from_be_bytes([a0, a1, a2, a3]),
        flags: u16::from_be_bytes([o0, o1]) & 0x01ff,
        window: u16::from_be_bytes([w0, w1]),
    };
    (facts, usize::from(o0 >> 4) * 4)
}

impl Walk<'_> {
    pub(crate) fn transport(&mut self, protocol: u8) -> Step {
        match protocol {
            6 => self.tcp(),
            17 => self.udp(),
            1 | 58 => self.icmp(),
            132 => self.sctp(),
            50 => self.esp(self.position()),
            51 => self.authentication(),
            4 => self.ip_in_ip(4),
            41 => self.ip_in_ip(6),
            47 => self.gre(),
            2 => self.other(label::IGMP, &[]),
            103 => self.other(label::PIM, &[]),
            89 => self.other_by_addresses(label::OSPF),
            97 => self.etherip(),
            137 => self.mpls(),
            unknown => {
                let mut key = [0u8; 32];
                // The protocol takes the place of the mapped prefix, so that two protocols are two sessions.
                let (a, b) = (self.out.source, self.out.destination);
                let (low, high) = if a <= b { (a, b) } else { (b, a) };
                for (at, byte) in low.iter().chain(&high).enumerate() {
                    if let Some(slot) = key.get_mut(at) {
                        *slot = *byte;
                    }
                }
                if let Some(first) = key.first_mut() {
                    *first ^= unknown;
                }
                self.other(label::UNKNOWN_IP, &key)
            }
        }
    }

    fn ports(&mut self) -> bool {
        let rest = self.rest();
        let (Some(source), Some(destination)) = (be16(rest, 0), be16(rest, 2)) else { return false };
        self.out.source_port = source;
        self.out.destination_port = destination;
        true
    }

    /// A transport header that was cut off. With ports it still belongs to its session, without payload.
    fn cut_off(&mut self, kind: FlowKind, layer: &'static str) -> Step {
        if !self.snapped || !self.ports() {
            return self.corrupt(layer, "short");
        }
        self.out.kind = kind;
        self.skip(usize::MAX);
        self.take_payload();
        Ok(())
    }

    fn tcp(&mut self) -> Step {
        let rest = self.rest();
        let Some(header) = rest.first_chunk::<TCP_HEADER>() else {
            return self.cut_off(FlowKind::Tcp, "tcp");
        };
        self.out.kind = FlowKind::Tcp;
        self.ports();
        let (facts, length) = tcp_facts(header);
        self.out.tcp = facts;
        if length < TCP_HEADER || length > rest.len() + self.missing {
            self.out.malformed = Some(crate::Malformed { layer: "tcp", reason: "bad-offset" });
            self.skip(usize::MAX);
        } else {
            let cut = length.saturating_sub(rest.len());
            self.skip(length);
            self.out.payload_missing = self.missing.saturating_sub(cut) as u32;
        }
        self.take_payload();
        Ok(())
    }

    fn udp(&mut self) -> Step {
        let rest = self.rest();
        let Some(&[p0, p1, q0, q1, l0, l1, _, _]) = rest.first_chunk::<UDP_HEADER>() else {
            return self.cut_off(FlowKind::Udp, "udp");
        };
        let destination = u16::from_be_bytes([q0, q1]);
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        self.skip(UDP_HEADER);
        // Zero is a jumbogram (RFC 2675) or offload; anything else below the header's own size says nothing either.
        if length >= UDP_HEADER {
            self.limit(length - UDP_HEADER);
        }
        if let Some(step) = tunnel(destination).and_then(|walk| walk(self)) {
            return step;
        }
        let source = u16::from_be_bytes([p0, p1]);
        self.out.kind = FlowKind::Udp;
        self.out.source_port = source;
        self.out.destination_port = destination;
        self.take_payload();
        if may_be_dhcp(source, destination) {
            self.dhcp(destination);
        }
        Ok(())
    }

    /// DHCP (RFC 2131) is known by its client's hardware address, DHCPv6 (RFC 8415) by its transaction.
    fn dhcp(&mut self, destination: u16) {
        const MIN_LENGTH: usize = 256;
        const COOKIE: [u8; 4] = [0x63, 0x82, 0x53, 0x63];
        /// Message types of DHCPv6 that are assigned up to leasequery (RFC 5007, 5460, 7653).
        const MAX_V6_TYPE: u8 = 22;
        /// What relay agents send has hop count and addresses there, and a message inside (RFC 8415 section 9).
        const RELAYED: [u8; 2] = [12, 13];
        let rest = self.rest();
        if matches!(destination, 546 | 547) {
            if let Some(&[kind, a, b, c]) = rest.first_chunk::<4>()
                && (1..MAX_V6_TYPE).contains(&kind)
                && !RELAYED.contains(&kind)
            {
                self.name(label::DHCPV6, &[a, b, c]);
            }
            return;
        }
        let is_dhcp = rest.len() >= MIN_LENGTH
            && matches!(rest, [1 | 2, 1, 6, ..])
            && rest.get(236..240).is_some_and(|cookie| cookie == COOKIE);
        if let (true, Some(client)) = (is_dhcp, rest.get(28..34)) {
            self.name(label::DHCP, client);
        }
    }

    fn vxlan(&mut self) -> Option<Step> {
        let rest = self.rest();
        let &[flags, reserved, _, _, v0, v1, v2, _] = rest.first_chunk::<8>()?;
        // Bits that no version defines must be clear (VXLAN and its group policy extension define 0x88 and 0x48).
        if rest.len() <= 8 || flags & 0x77 != 0 || reserved & 0xb7 != 0 {
            return None;
        }
        if flags & 8 != 0 {
            self.out.vni = Some(u32::from_be_bytes([0, v0, v1, v2]));
        }
        self.out.tunnels.insert(Tunnels::VXLAN);
        self.skip(8);
        Some(self.nested_ethernet())
    }

    fn vxlan_gpe(&mut self) -> Option<Step> {
        let rest = self.rest();
        let &[flags, reserved, _, next, v0, v1, v2, _] = rest.first_chunk::<8>()?;
        if rest.len() <= 8 || flags & 0xf0 != 0 || reserved != 0 || !(1..=4).contains(&next) {
            return None;
        }
        if flags & 8 != 0 {
            self.out.vni = Some(u32::from_be_bytes([0, v0, v1, v2]));
        }
        self.out.tunnels.insert(Tunnels::VXLAN_GPE);
        self.skip(8);
        Some(match next {
            1 => self.ipv4(),
            2 => self.ipv6(),
            3 => self.nested_ethernet(),
            _ => self.nsh(),
        })
    }

    /// Geneve (RFC 8926).
    fn geneve(&mut self) -> Option<Step> {
        let rest = self.rest();
        let &[first, second, k0, k1, v0, v1, v2, _] = rest.first_chunk::<8>()?;
        let header = 8 + usize::from(first & 0x3f) * 4;
        // Version zero, and reserved bits clear.
        if first >> 6 != 0 || second & 0x3f != 0 || header >= rest.len() {
            return None;
        }
        self.out.vni = Some(u32::from_be_bytes([0, v0, v1, v2]));
        self.out.tunnels.insert(Tunnels::GENEVE);
        self.skip(header);
        Some(match u16::from_be_bytes([k0, k1]) {
            0x6558 => self.nested_ethernet(),
            kind => self.ethertype(kind),
        })
    }

    /// GTP-U version 1, G-PDU only (3GPP TS 29.281 §5): other messages stay ordinary UDP.
    fn gtp(&mut self) -> Option<Step> {
        let rest = self.rest();
        let &[flags, kind, l0, l1, _, _, _, _] = rest.first_chunk::<8>()?;
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        if flags & 0xf0 != 0x30 || kind != 0xff || (length + 8 > rest.len() && !self.snapped) {
            return None;
        }
        let mut header = 8;
        if flags & 7 != 0 {
            let mut next = *rest.get(11)?;
            header = 12;
            let mut extensions = 0;
            while next != 0 {
                let size = usize::from(*rest.get(header)?) * 4;
                extensions += 1;
                if size == 0 || extensions > MAX_GTP_EXTENSIONS {
                    return None;
                }
                next = *rest.get(header + size - 1)?;
                header += size;
            }
        }
        let version = rest.get(header)? >> 4;
        if version != 4 && version != 6 {
            return None;
        }
        self.limit(length + 8);
        self.out.tunnels.insert(Tunnels::GTP);
        self.skip(header);
        Some(if version == 6 { self.ipv6() } else { self.ipv4() })
    }

    /// The payload of ICMP is the whole message, type and code included.
    fn icmp(&mut self) -> Step {
        let Some(&[kind, code]) = self.rest().first_chunk::<2>() else {
            return self.corrupt("icmp", "short");
        };
        self.out.kind = FlowKind::Icmp;
        self.out.icmp = (kind, code);
        self.take_payload();
        Ok(())
    }

    fn sctp(&mut self) -> Step {
        if self.rest().len() < SCTP_HEADER {
            return self.cut_off(FlowKind::Sctp, "sctp");
        }
        self.ports();
        self.out.kind = FlowKind::Sctp;
        self.skip(SCTP_HEADER);
        self.take_payload();
        Ok(())
    }

    /// ESP (RFC 4303). Its payload counts from eight bytes after `start`, where the first security header is: an
    /// authentication header before ESP is counted, as in Arkime.
    pub(crate) fn esp(&mut self, start: usize) -> Step {
        let Some(spi) = be32(self.rest(), 0) else { return self.corrupt("esp", "short") };
        self.out.kind = FlowKind::Esp;
        self.out.spi = spi;
        self.take_payload();
        self.out.payload_start = (start as u32).saturating_add(8).min(self.out.payload_end);
        Ok(())
    }

    /// EtherIP (RFC 3378): version 3 in the first nibble.
    fn etherip(&mut self) -> Step {
        let Some(&[0x30, _]) = self.rest().first_chunk::<2>() else {
            return self.corrupt("etherip", "version");
        };
        self.out.tunnels.insert(Tunnels::ETHERIP);
        self.skip(2);
        self.nested_ethernet()
    }
}
