//! The flow hash of what nearly every frame is, without decoding it: TCP or UDP in IP in Ethernet, whole and without
//! tunnels. For choosing a worker before the frame is decoded by that one.

use crate::MAX_FRAME;
use crate::decoded::FlowKind;
use crate::ip::mapped;
use crate::key::{FlowKey, SessionIdTracking};
use crate::link::link_type;
use crate::transport::{TCP_HEADER, UDP_HEADER, is_ordinary_udp};
use crate::walk::be16;

/// Most VLAN tags that are passed over here.
const MAX_TAGS: usize = 2;

/// What [`crate::flow_hash`] gives for the frame decoded; none where only decoding tells.
#[inline]
pub fn plain_flow_hash(link_type: u16, frame: &[u8], tracking: SessionIdTracking) -> Option<u64> {
    if link_type != link_type::ETHERNET || tracking != SessionIdTracking::None || frame.len() > MAX_FRAME {
        return None;
    }
    let mut at = 12;
    let mut kind = be16(frame, at)?;
    for _ in 0..MAX_TAGS {
        if !matches!(kind, 0x8100 | 0x88a8) {
            break;
        }
        at += 4;
        kind = be16(frame, at)?;
    }
    let packet = frame.get(at + 2..)?;
    let (addresses, protocol, segment) = match kind {
        0x0800 => ipv4(packet)?,
        0x86dd => ipv6(packet)?,
        _ => return None,
    };
    let ports = [be16(segment, 0)?, be16(segment, 2)?];
    let kind = match protocol {
        6 if segment.len() >= TCP_HEADER => FlowKind::Tcp,
        17 if segment.len() >= UDP_HEADER && is_ordinary_udp(ports) => FlowKind::Udp,
        _ => return None,
    };
    Some(FlowKey::between(kind, addresses, ports, 0).stable_hash())
}

type Packet<'a> = ([u128; 2], u8, &'a [u8]);

/// Addresses, protocol and payload of a packet that is whole.
fn ipv4(packet: &[u8]) -> Option<Packet<'_>> {
    let &[first, _, l0, l1, _, _, f0, f1, _, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] =
        packet.first_chunk::<20>()?;
    let (header, total) = (usize::from(first & 15) * 4, usize::from(u16::from_be_bytes([l0, l1])));
    let is_fragment = (f0 & 0x3f) | f1 != 0;
    if first >> 4 != 4 || header < 20 || is_fragment {
        return None;
    }
    let addresses = [[s0, s1, s2, s3], [d0, d1, d2, d3]].map(|address| u128::from_be_bytes(mapped(address)));
    Some((addresses, protocol, packet.get(header..total)?))
}

fn ipv6(packet: &[u8]) -> Option<Packet<'_>> {
    let ([first, _, _, _, l0, l1, next, _], rest) = packet.split_first_chunk::<8>()?;
    let (source, rest) = rest.split_first_chunk::<16>()?;
    let (destination, rest) = rest.split_first_chunk::<16>()?;
    let length = usize::from(u16::from_be_bytes([*l0, *l1]));
    if first >> 4 != 6 || length == 0 {
        return None;
    }
    Some(([source, destination].map(|address| u128::from_be_bytes(*address)), *next, rest.get(..length)?))
}
