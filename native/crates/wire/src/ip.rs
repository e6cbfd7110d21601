//! IPv4 (RFC 791) and IPv6 (RFC 8200) with their extension headers.

use crate::decoded::{Address, Fragment, Tunnels};
use crate::walk::{Step, Walk, be16, be32, label};

/// Most IPv6 extension headers of one packet.
const MAX_EXTENSIONS: usize = 16;
/// "No next header" (RFC 8200 §4.7).
const NO_NEXT_HEADER: u8 = 59;

pub(crate) fn mapped(v4: [u8; 4]) -> Address {
    let [a, b, c, d] = v4;
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]
}

impl Walk<'_> {
    pub(crate) fn ipv4(&mut self) -> Step {
        self.nest()?;
        self.ipv4_header(true)
    }

    pub(crate) fn ipv6(&mut self) -> Step {
        self.nest()?;
        self.ipv6_header(true)
    }

    /// Parses the IP header again, in a frame joined from fragments: addresses around it are already recorded.
    pub(crate) fn ip_of_reassembled(&mut self) -> Step {
        match self.rest().first().map(|b| b >> 4) {
            Some(4) => self.ipv4_header(false),
            _ => self.ipv6_header(false),
        }
    }

    fn addresses(&mut self, source: Address, destination: Address, is_new: bool) {
        if is_new && self.out.has_ip {
            // Never full: nesting is bounded by the same number.
            let _ = self.out.outer_ips.try_push((self.out.source, self.out.destination));
        }
        self.out.has_ip = true;
        self.out.source = source;
        self.out.destination = destination;
    }

    fn ipv4_header(&mut self, is_new: bool) -> Step {
        let start = self.position();
        let rest = self.rest();
        let Some(&[first, tos, l0, l1, i0, i1, f0, f1, ttl, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3]) =
            rest.first_chunk::<20>()
        else {
            return self.corrupt("ipv4", "short");
        };
        if first >> 4 != 4 {
            return self.corrupt("ipv4", "version");
        }
        let header = usize::from(first & 15) * 4;
        // Segmentation offload leaves the total length zero: all that was captured then belongs to the packet.
        let total = match usize::from(u16::from_be_bytes([l0, l1])) {
            0 => rest.len(),
            total => total,
        };
        if header < 20 || header > total {
            return self.corrupt("ipv4", "bad-length");
        }
        if total > rest.len() {
            if !self.snapped {
                return self.corrupt("ipv4", "bad-length");
            }
            self.out.truncated = true;
        }
        if header > rest.len() {
            return self.corrupt("ipv4", "short");
        }
        self.limit(total);
        self.addresses(mapped([s0, s1, s2, s3]), mapped([d0, d1, d2, d3]), is_new);
        self.out.ttl = ttl;
        self.out.dscp = tos >> 2;
        self.out.ip_protocol = protocol;
        self.skip(header);
        let word = u16::from_be_bytes([f0, f1]);
        // Only the more-fragments bit and the offset make a fragment; the others may be set on the last one.
        let (more, offset) = (word & 0x2000 != 0, u32::from(word & 0x1fff) * 8);
        if more || offset != 0 {
            return self.fragment(Fragment {
                identification: u32::from(u16::from_be_bytes([i0, i1])),
                offset,
                more,
                header_start: start as u32,
                payload_start: 0,
                payload_end: 0,
                next_header: protocol,
                next_header_position: 0,
            });
        }
        self.transport(protocol)
    }

    fn fragment(&mut self, mut fragment: Fragment) -> Step {
        self.other_by_addresses(label::IP_FRAGMENT)?;
        fragment.payload_start = self.out.payload_start;
        fragment.payload_end = self.out.payload_end;
        self.out.fragment = Some(fragment);
        Ok(())
    }

    fn ipv6_header(&mut self, is_new: bool) -> Step {
        let start = self.position();
        let rest = self.rest();
        let Some(header) = rest.first_chunk::<40>() else { return self.corrupt("ipv6", "short") };
        let ([c0, c1, _, _, l0, l1, next, hops], addresses) =
            header.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        if c0 >> 4 != 6 {
            return self.corrupt("ipv6", "version");
        }
        let mut source = [0; 16];
        let mut destination = [0; 16];
        if let Some((from, to)) = addresses.split_at_checked(16) {
            source.copy_from_slice(from);
            destination.copy_from_slice(to);
        }
        let available = rest.len() - 40;
        // Zero is a jumbogram (RFC 2675) or segmentation offload, unless nothing follows.
        let length = match usize::from(u16::from_be_bytes([*l0, *l1])) {
            0 if *next != NO_NEXT_HEADER => available,
            length => length,
        };
        if length > available {
            if !self.snapped {
                return self.corrupt("ipv6", "bad-length");
            }
            self.out.truncated = true;
        }
        self.addresses(source, destination, is_new);
        self.out.ttl = *hops;
        self.out.dscp = (c0 & 15) << 2 | c1 >> 6;
        self.out.ip_protocol = *next;
        self.skip(40);
        self.limit(length);
        self.ipv6_extensions(start, *next)
    }

    fn ipv6_extensions(&mut self, header_start: usize, mut next: u8) -> Step {
        let mut next_header_position = header_start + 6;
        for _ in 0..MAX_EXTENSIONS {
            match next {
                // Hop-by-hop, routing, destination options, mobility, host identity, shim6.
                0 | 43 | 60 | 135 | 139 | 140 => {
                    let Some(&[following, words]) = self.rest().first_chunk::<2>() else {
                        return self.corrupt("ipv6", "short-extension");
                    };
                    next_header_position = self.position();
                    let length = (usize::from(words) + 1) * 8;
                    if length > self.rest().len() {
                        return self.corrupt("ipv6", "short-extension");
                    }
                    self.skip(length);
                    next = following;
                    self.out.ip_protocol = next;
                }
                44 => {
                    let rest = self.rest();
                    let (Some(&[following, _, o0, o1]), Some(identification)) =
                        (rest.first_chunk::<4>(), be32(rest, 4))
                    else {
                        return self.corrupt("ipv6", "short-extension");
                    };
                    let word = u16::from_be_bytes([o0, o1]);
                    let (offset, more) = (u32::from(word & 0xfff8), word & 1 == 1);
                    self.skip(8);
                    if offset == 0 && !more {
                        // An atomic fragment (RFC 6946) is whole.
                        next_header_position = self.position() - 8;
                        next = following;
                        self.out.ip_protocol = next;
                        continue;
                    }
                    self.out.ip_protocol = following;
                    return self.fragment(Fragment {
                        identification,
                        offset,
                        more,
                        header_start: header_start as u32,
                        payload_start: 0,
                        payload_end: 0,
                        next_header: following,
                        next_header_position: next_header_position as u32,
                    });
                }
                protocol => return self.transport(protocol),
            }
        }
        self.corrupt("ipv6", "too-many-extensions")
    }

    /// Authentication Header (RFC 4302): the protocol number of the session stays 51, as the packet says.
    pub(crate) fn authentication(&mut self) -> Step {
        self.nest()?;
        let rest = self.rest();
        let Some(&[next, words]) = rest.first_chunk::<2>() else { return self.corrupt("ah", "short") };
        let length = (usize::from(words) + 2) * 4;
        if length < 12 || length > rest.len() {
            return self.corrupt("ah", "bad-length");
        }
        let start = self.position();
        self.out.tunnels.insert(Tunnels::AH);
        self.skip(length);
        match next {
            50 => self.esp(start),
            0 | 43 | 44 | 60 => {
                let protocol = self.out.ip_protocol;
                // The IP header's own position is only needed to join fragments; one behind AH is not joined.
                let step = self.ipv6_extensions(start, next);
                self.out.ip_protocol = protocol;
                if self.out.fragment.take().is_some() {
                    return self.other_by_addresses(label::UNKNOWN_IP);
                }
                step
            }
            next => self.transport(next),
        }
    }

    /// Whether what remains holds an IP header of the version asked for.
    pub(crate) fn is_ip_version(&self, version: u8) -> bool {
        self.rest().first().is_some_and(|b| b >> 4 == version)
    }

    pub(crate) fn ip_in_ip(&mut self, version: u8) -> Step {
        if !self.is_ip_version(version) {
            return self.corrupt("ip", "version");
        }
        self.out.tunnels.insert(Tunnels::IP_IN_IP);
        if version == 4 { self.ipv4() } else { self.ipv6() }
    }

    /// GRE (RFC 2784, 2890; version 1: RFC 2637) with routing fields of RFC 1701.
    pub(crate) fn gre(&mut self) -> Step {
        const CHECKSUM: u16 = 0x8000;
        const ROUTING: u16 = 0x4000;
        const KEY: u16 = 0x2000;
        const SEQUENCE: u16 = 0x1000;
        const ACKNOWLEDGEMENT: u16 = 0x0080;
        /// Most source route entries.
        const MAX_ROUTES: usize = 16;

        self.out.tunnels.insert(Tunnels::GRE);
        let rest = self.rest();
        let (Some(flags), Some(kind)) = (be16(rest, 0), be16(rest, 2)) else {
            return self.corrupt("gre", "short");
        };
        let word = |bit: u16| if flags & bit != 0 { 4 } else { 0 };
        let mut header = 4;
        match flags & 7 {
            0 => {
                if flags & (CHECKSUM | ROUTING) != 0 {
                    header += 4;
                }
                header += word(KEY) + word(SEQUENCE);
                if flags & ROUTING != 0 {
                    let mut routes = 0;
                    loop {
                        let Some(&length) = rest.get(header + 3) else { return self.corrupt("gre", "short") };
                        header += 4 + usize::from(length);
                        routes += 1;
                        if length == 0 {
                            break;
                        }
                        if routes > MAX_ROUTES {
                            return self.corrupt("gre", "too-many-routes");
                        }
                    }
                }
            }
            // Payload length and call id take the place of the key.
            1 => header += 4 + word(SEQUENCE) + word(ACKNOWLEDGEMENT),
            _ => return self.other_by_addresses(label::UNKNOWN_IP),
        }
        if header > rest.len() {
            return self.corrupt("gre", "short");
        }
        self.skip(header);
        if self.rest().is_empty() {
            // Keep-alives and acknowledgements of PPTP carry nothing.
            return self.other_by_addresses(label::UNKNOWN_IP);
        }
        match kind {
            0x88be => self.erspan(flags & SEQUENCE != 0),
            0x22eb => self.erspan_iii(),
            // WCCP puts a redirect header of four bytes before the packet in its version 2.
            0x883e => {
                if !self.is_ip_version(4) {
                    self.skip(4);
                }
                self.ipv4()
            }
            kind => self.ethertype(kind),
        }
    }

    /// ERSPAN I has no header of its own and no GRE sequence number; II has eight bytes with VLAN and session
    /// (draft-foschiano-erspan).
    fn erspan(&mut self, has_sequence: bool) -> Step {
        self.out.tunnels.insert(Tunnels::ERSPAN);
        if !has_sequence {
            return self.nested_ethernet();
        }
        let Some(word) = be16(self.rest(), 0) else { return self.corrupt("erspan", "short") };
        if word >> 12 != 1 {
            return self.corrupt("erspan", "version");
        }
        if self.rest().len() < 8 {
            return self.corrupt("erspan", "short");
        }
        self.erspan_vlan(word);
        self.skip(8);
        self.nested_ethernet()
    }

    fn erspan_iii(&mut self) -> Step {
        self.out.tunnels.insert(Tunnels::ERSPAN);
        let rest = self.rest();
        let (Some(word), Some(tail)) = (be16(rest, 0), be16(rest, 10)) else {
            return self.corrupt("erspan", "short");
        };
        if word >> 12 != 2 {
            return self.corrupt("erspan", "version");
        }
        self.erspan_vlan(word);
        // The low bit says that a platform-specific subheader of eight bytes follows; five bits up is the frame type.
        let header = if tail & 1 == 1 { 20 } else { 12 };
        let is_ip = (tail >> 10) & 0x1f == 2;
        if header > rest.len() {
            return self.corrupt("erspan", "short");
        }
        self.skip(header);
        if is_ip { self.ip_by_version() } else { self.nested_ethernet() }
    }

    fn erspan_vlan(&mut self, word: u16) {
        let vlan = word & 0xfff;
        if vlan != 0 {
            let _ = self.out.vlans.try_push((vlan, false));
        }
    }
}
