//! Ethernet and what ethertypes lead to: VLAN tags, MPLS, PPPoE, ARP, NSH, Cisco metadata.

use crate::decoded::Tunnels;
use crate::walk::{Step, Walk, be16, label};

const HEADER: usize = 14;
/// Highest value that is an 802.3 length and not an ethertype.
const MAX_8023_LENGTH: u16 = 1500;
/// Most tags skipped of one frame; the ids kept are bounded by [`crate::decoded::MAX_VLANS`].
const MAX_TAGS: usize = 16;
/// Most MPLS labels of one stack.
const MAX_LABELS: usize = 16;

impl Walk<'_> {
    /// The outermost frame, whose ethertype (or 802.3 length) after tags is recorded.
    pub(crate) fn first_ethernet(&mut self) -> Step {
        let Some(kind) = self.ethernet_header() else { return self.corrupt("ethernet", "short") };
        let Some(kind) = self.tags(kind) else { return self.corrupt("vlan", "short") };
        self.out.ethertype = Some(kind);
        self.ethernet_body(kind)
    }

    /// A frame inside a tunnel.
    pub(crate) fn nested_ethernet(&mut self) -> Step {
        self.nest()?;
        let Some(kind) = self.ethernet_header() else { return self.corrupt("ethernet", "short") };
        let Some(kind) = self.tags(kind) else { return self.corrupt("vlan", "short") };
        self.ethernet_body(kind)
    }

    fn ethernet_header(&mut self) -> Option<u16> {
        let header: &[u8; HEADER] = self.rest().first_chunk()?;
        let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, k0, k1] = *header;
        if let Some(outer) = self.out.macs.replace(([s0, s1, s2, s3, s4, s5], [d0, d1, d2, d3, d4, d5])) {
            // Never full: one entry per nested frame, and nesting is bounded by the same number.
            let _ = self.out.outer_macs.try_push(outer);
        }
        self.skip(HEADER);
        Some(u16::from_be_bytes([k0, k1]))
    }

    fn ethernet_body(&mut self, kind: u16) -> Step {
        if kind > MAX_8023_LENGTH {
            return self.ethertype(kind);
        }
        // Below 46 bytes the rest is padding. A length of zero is written by some offloads and says nothing.
        if kind != 0 {
            if usize::from(kind) > self.rest().len() {
                self.out.truncated = true;
            }
            self.limit(usize::from(kind));
        }
        self.llc()
    }

    /// Skips VLAN tags, recording ids; returns what follows them, or nothing when they are cut off or too many.
    fn tags(&mut self, mut kind: u16) -> Option<u16> {
        for _ in 0..MAX_TAGS {
            let is_ad = match kind {
                0x8100 => false,
                // 802.1ad, and the values used before it was standardised.
                0x88a8 | 0x9100 | 0x9200 | 0x9300 => true,
                _ => return Some(kind),
            };
            let rest = self.rest();
            let (control, next) = (be16(rest, 0)?, be16(rest, 2)?);
            let _ = self.out.vlans.try_push((control & 0xfff, is_ad));
            self.skip(4);
            kind = next;
        }
        None
    }

    pub(crate) fn ethertype(&mut self, kind: u16) -> Step {
        match kind {
            0x0800 => self.ipv4(),
            0x86dd => self.ipv6(),
            0x0806 => self.arp(),
            0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => match self.tags(kind) {
                Some(next) => self.ethernet_body(next),
                None => self.corrupt("vlan", "short"),
            },
            0x8847 | 0x8848 => self.mpls(),
            0x8864 => self.pppoe(),
            0x880b => {
                self.out.tunnels.insert(Tunnels::PPP);
                self.ppp()
            }
            0x88cc => self.other(label::LLDP, &[]),
            0x6558 => self.nested_ethernet(),
            0x6559 => {
                self.out.tunnels.insert(Tunnels::FRAME_RELAY);
                self.frame_relay()
            }
            0x8870 => self.llc(),
            0x8909 => self.cisco_metadata(),
            0x894f => self.nsh(),
            // ISO protocols directly in GRE (RFC 2784 erratum usage).
            0x00fe => match self.rest().first() {
                Some(0x83) => self.other(label::ISIS, &[]),
                Some(0x82) => self.other(label::ESIS, &[]),
                _ => self.unknown_ether(kind),
            },
            unknown => self.unknown_ether(unknown),
        }
    }

    /// ARP (RFC 826): a question and its answers share the address that was asked for.
    fn arp(&mut self) -> Step {
        let rest = self.rest();
        let (Some(&[_, _, _, _, hardware, protocol, _, operation]), true) =
            (rest.first_chunk::<8>(), rest.len() >= 28)
        else {
            return self.corrupt("arp", "short");
        };
        if (hardware, protocol) != (6, 4) {
            return self.other_by_macs(label::ARP, u16::from_be_bytes([hardware, protocol]));
        }
        let asked = if operation == 1 { rest.get(24..28) } else { rest.get(14..18) };
        self.other(label::ARP, asked.unwrap_or(&[]))
    }

    /// Label stack (RFC 3032); what follows has no type, so the first nibble tells (RFC 4928).
    pub(crate) fn mpls(&mut self) -> Step {
        self.nest()?;
        self.out.tunnels.insert(Tunnels::MPLS);
        for _ in 0..MAX_LABELS {
            let Some(&[_, _, third, _]) = self.rest().first_chunk::<4>() else {
                return self.corrupt("mpls", "short");
            };
            self.skip(4);
            if third & 1 == 0 {
                continue;
            }
            return match self.rest().first().map(|b| b >> 4) {
                Some(4) => self.ipv4(),
                Some(6) => self.ipv6(),
                // Pseudowire control word (RFC 4385), then Ethernet.
                Some(0) => {
                    self.skip(4);
                    self.nested_ethernet()
                }
                Some(_) => self.nested_ethernet(),
                None => self.corrupt("mpls", "short"),
            };
        }
        self.corrupt("mpls", "too-many")
    }

    /// PPPoE session stage (RFC 2516).
    fn pppoe(&mut self) -> Step {
        let rest = self.rest();
        let (Some(&[kind, code]), Some(length)) = (rest.first_chunk::<2>(), be16(rest, 4)) else {
            return self.corrupt("pppoe", "short");
        };
        if kind != 0x11 || code != 0 {
            return self.unknown_ether(0x8864);
        }
        self.skip(6);
        self.limit(usize::from(length));
        self.out.tunnels.insert(Tunnels::PPPOE);
        self.ppp()
    }

    /// Version, length in words, options, then an ethertype.
    fn cisco_metadata(&mut self) -> Step {
        self.nest()?;
        self.out.tunnels.insert(Tunnels::CISCO_METADATA);
        let rest = self.rest();
        let Some(length) = rest.get(1) else { return self.corrupt("cisco-metadata", "short") };
        let options = 2 + 4 * usize::from(*length);
        let Some(kind) = be16(rest, options) else { return self.corrupt("cisco-metadata", "short") };
        self.skip(options + 2);
        match self.tags(kind) {
            Some(kind) => self.ethernet_body(kind),
            None => self.corrupt("vlan", "short"),
        }
    }

    /// Network Service Header (RFC 8300).
    pub(crate) fn nsh(&mut self) -> Step {
        self.nest()?;
        let rest = self.rest();
        let Some(&[_, length, _, next]) = rest.first_chunk::<4>() else {
            return self.corrupt("nsh", "short");
        };
        let length = usize::from(length & 0x3f) * 4;
        if length < 8 || length > rest.len() {
            return self.corrupt("nsh", "bad-length");
        }
        self.out.tunnels.insert(Tunnels::NSH);
        self.skip(length);
        match next {
            1 => self.ipv4(),
            2 => self.ipv6(),
            3 => self.nested_ethernet(),
            4 => self.nsh(),
            5 => self.mpls(),
            _ => self.unknown_ether(0x894f),
        }
    }
}
