//! The headers of what nearly every frame is: TCP or UDP in IP in Ethernet, whole and without tunnels. They are found with
//! a few looks, and are small enough to be handed to another thread in place of the frame.

use crate::MAX_FRAME;
use crate::decoded::{Address, Decoded, FlowKind, Tcp};
use crate::ip::mapped;
use crate::key::{FlowKey, SessionIdTracking};
use crate::link::link_type;
use crate::transport::{TCP_HEADER, UDP_HEADER, is_ordinary_udp, tcp_facts};
use crate::walk::be16;

const ETHERNET_HEADER: usize = 14;
const IPV6_HEADER: usize = 40;
/// Most VLAN tags of a plain frame.
const MAX_TAGS: usize = 2;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// What [`crate::decode`] finds in a plain frame.
#[derive(Clone, Copy, Debug)]
pub struct PlainHeaders {
    source: Address,
    destination: Address,
    macs: ([u8; 6], [u8; 6]),
    /// VLAN ids, outermost first, with whether the tag was 802.1ad's; the first `tags` of them are there.
    vlans: [(u16, bool); MAX_TAGS],
    tags: u8,
    ethertype: u16,
    /// [`TCP`] or [`UDP`].
    protocol: u8,
    ttl: u8,
    dscp: u8,
    ports: [u16; 2],
    tcp: Tcp,
    payload_start: u32,
    payload_end: u32,
}

/// The headers of a frame, if it is plain. Whatever is cut off, damaged, fragmented or in a tunnel is not.
#[inline]
pub fn plain_headers(link_type: u16, frame: &[u8], original_length: u32) -> Option<PlainHeaders> {
    if link_type != link_type::ETHERNET || frame.len() > MAX_FRAME || original_length as usize > frame.len() {
        return None;
    }
    let &[d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, _, _] = frame.first_chunk::<ETHERNET_HEADER>()?;
    let mut headers = PlainHeaders {
        source: [0; 16],
        destination: [0; 16],
        macs: ([s0, s1, s2, s3, s4, s5], [d0, d1, d2, d3, d4, d5]),
        vlans: [(0, false); MAX_TAGS],
        tags: 0,
        ethertype: be16(frame, 12)?,
        protocol: 0,
        ttl: 0,
        dscp: 0,
        ports: [0; 2],
        tcp: Tcp::default(),
        payload_start: 0,
        payload_end: 0,
    };
    let mut at = ETHERNET_HEADER;
    for tag in &mut headers.vlans {
        if !matches!(headers.ethertype, 0x8100 | 0x88a8) {
            break;
        }
        *tag = (be16(frame, at)? & 0xfff, headers.ethertype == 0x88a8);
        headers.tags += 1;
        headers.ethertype = be16(frame, at + 2)?;
        at += 4;
    }
    let (start, end) = match headers.ethertype {
        0x0800 => headers.ipv4(frame.get(at..)?)?,
        0x86dd => headers.ipv6(frame.get(at..)?)?,
        _ => return None,
    };
    headers.segment(frame, at + start, at + end)?;
    Some(headers)
}

impl PlainHeaders {
    /// Where the payload begins and ends in a packet that is whole.
    #[inline]
    fn ipv4(&mut self, packet: &[u8]) -> Option<(usize, usize)> {
        let &[first, tos, l0, l1, _, _, f0, f1, ttl, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] =
            packet.first_chunk::<20>()?;
        let (header, total) = (usize::from(first & 15) * 4, usize::from(u16::from_be_bytes([l0, l1])));
        let is_fragment = (f0 & 0x3f) | f1 != 0;
        if first >> 4 != 4 || header < 20 || header > total || total > packet.len() || is_fragment {
            return None;
        }
        (self.source, self.destination) = (mapped([s0, s1, s2, s3]), mapped([d0, d1, d2, d3]));
        (self.ttl, self.dscp, self.protocol) = (ttl, tos >> 2, protocol);
        Some((header, total))
    }

    #[inline]
    fn ipv6(&mut self, packet: &[u8]) -> Option<(usize, usize)> {
        let (&[c0, c1, _, _, l0, l1, next, hops], rest) = packet.split_first_chunk::<8>()?;
        let (source, rest) = rest.split_first_chunk::<16>()?;
        let (destination, rest) = rest.split_first_chunk::<16>()?;
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        if c0 >> 4 != 6 || length == 0 || length > rest.len() {
            return None;
        }
        (self.source, self.destination) = (*source, *destination);
        (self.ttl, self.dscp, self.protocol) = (hops, (c0 & 15) << 2 | c1 >> 6, next);
        Some((IPV6_HEADER, IPV6_HEADER + length))
    }

    /// The transport header from `start` on, in a packet that goes to `end`.
    #[inline]
    fn segment(&mut self, frame: &[u8], start: usize, end: usize) -> Option<()> {
        let segment = frame.get(start..end)?;
        self.ports = [be16(segment, 0)?, be16(segment, 2)?];
        (self.payload_start, self.payload_end) = match self.protocol {
            TCP => {
                let (tcp, header) = tcp_facts(segment.first_chunk::<TCP_HEADER>()?);
                if header < TCP_HEADER || header > segment.len() {
                    return None;
                }
                self.tcp = tcp;
                ((start + header) as u32, end as u32)
            }
            UDP if is_ordinary_udp(self.ports) => {
                let length = usize::from(be16(segment, 4)?);
                // A length that says nothing, see the walk.
                let length = if length < UDP_HEADER { segment.len() } else { length.min(segment.len()) };
                if segment.len() < UDP_HEADER {
                    return None;
                }
                ((start + UDP_HEADER) as u32, (start + length) as u32)
            }
            _ => return None,
        };
        Some(())
    }

    fn kind(&self) -> FlowKind {
        if self.protocol == TCP { FlowKind::Tcp } else { FlowKind::Udp }
    }

    /// What [`crate::flow_hash`] gives for the frame decoded.
    #[inline]
    pub fn flow_hash(&self, tracking: SessionIdTracking) -> u64 {
        let network = match (tracking, self.tags) {
            (SessionIdTracking::Vlan, 1) => u32::from(self.vlans[0].0) << 12 | u32::from(self.vlans[0].0),
            (SessionIdTracking::Vlan, 2) => u32::from(self.vlans[0].0) << 12 | u32::from(self.vlans[1].0),
            _ => 0,
        };
        let addresses = [self.source, self.destination].map(u128::from_be_bytes);
        FlowKey::between(self.kind(), addresses, self.ports, network).stable_hash()
    }

    /// What [`crate::decode`] makes of the frame.
    #[inline]
    pub fn describe(&self, out: &mut Decoded) {
        out.clear();
        out.kind = self.kind();
        out.has_ip = true;
        out.source = self.source;
        out.destination = self.destination;
        [out.source_port, out.destination_port] = self.ports;
        out.ip_protocol = self.protocol;
        out.ethertype = Some(self.ethertype);
        out.ttl = self.ttl;
        out.dscp = self.dscp;
        for tag in self.vlans.iter().take(usize::from(self.tags)) {
            // There is room for more than a plain frame has.
            let _ = out.vlans.try_push(*tag);
        }
        out.macs = Some(self.macs);
        out.payload_start = self.payload_start;
        out.payload_end = self.payload_end;
        out.tcp = self.tcp;
    }
}
