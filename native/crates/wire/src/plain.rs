//! Whose packet a frame is, found with a few looks where it is what nearly every frame is: TCP or UDP in IP in Ethernet, whole
//! and without tunnels.

use crate::MAX_FRAME;
use crate::decoded::FlowKind;
use crate::ip::mapped;
use crate::key::{FlowKey, SessionIdTracking};
use crate::link::link_type;
use crate::transport::{TCP_HEADER, UDP_HEADER, is_ordinary_udp};
use crate::walk::be16;

const ETHERNET_HEADER: usize = 14;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// What [`crate::flow_hash`] gives for a frame that is plain, once [`crate::decode`] has decoded it. None where its IP packet is cut
/// off, damaged, fragmented or in a tunnel.
#[inline]
pub fn plain_flow_hash(link_type: u16, frame: &[u8], tracking: SessionIdTracking) -> Option<u64> {
    if link_type != link_type::ETHERNET || frame.len() > MAX_FRAME {
        return None;
    }
    let (mut ethertype, mut rest) = after_tag(frame.get(ETHERNET_HEADER - 2..)?)?;
    // Ids of two VLANs at most, the outermost first: more are not plain.
    let mut network = None;
    for _ in 0..2 {
        if !matches!(ethertype, 0x8100 | 0x88a8) {
            break;
        }
        let id = u32::from(be16(rest, 0)? & 0xfff);
        network = Some(network.map_or(id << 12 | id, |outer: u32| outer & !0xfff | id));
        (ethertype, rest) = after_tag(rest.get(2..)?)?;
    }
    let (addresses, protocol, segment) = match ethertype {
        0x0800 => ipv4(rest)?,
        0x86dd => ipv6(rest)?,
        _ => return None,
    };
    let ports = [be16(segment, 0)?, be16(segment, 2)?];
    let kind = match protocol {
        TCP if segment.len() >= TCP_HEADER => FlowKind::Tcp,
        UDP if is_ordinary_udp(ports) && segment.len() >= UDP_HEADER => FlowKind::Udp,
        _ => return None,
    };
    let network = if matches!(tracking, SessionIdTracking::Vlan) { network.unwrap_or(0) } else { 0 };
    Some(FlowKey::between(kind, addresses, ports, network).stable_hash())
}

/// An Ethertype and what it says comes next.
#[inline]
fn after_tag(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (ethertype, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*ethertype), rest))
}

/// Source and destination, the protocol of what is carried, and all of that.
type Carried<'a> = ([u128; 2], u8, &'a [u8]);

#[inline]
fn ipv4(packet: &[u8]) -> Option<Carried<'_>> {
    let &[first, _, l0, l1, _, _, f0, f1, _, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] =
        packet.first_chunk::<20>()?;
    let (header, total) = (usize::from(first & 15) * 4, usize::from(u16::from_be_bytes([l0, l1])));
    let is_fragment = (f0 & 0x3f) | f1 != 0;
    if first >> 4 != 4 || header < 20 || is_fragment {
        return None;
    }
    let addresses = [mapped([s0, s1, s2, s3]), mapped([d0, d1, d2, d3])];
    Some((addresses.map(u128::from_be_bytes), protocol, packet.get(header..total)?))
}

#[inline]
fn ipv6(packet: &[u8]) -> Option<Carried<'_>> {
    let (&[first, _, _, _, l0, l1, next, _], rest) = packet.split_first_chunk::<8>()?;
    let (source, rest) = rest.split_first_chunk::<16>()?;
    let (destination, rest) = rest.split_first_chunk::<16>()?;
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    if first >> 4 != 6 || length == 0 {
        return None;
    }
    Some(([*source, *destination].map(u128::from_be_bytes), next, rest.get(..length)?))
}
