//! Community ID version 1, seed 0 (github.com/corelight/community-id-spec).

use lookback_session::Address;
use sha1::{Digest, Sha1};

const ICMP: u8 = 1;
const ICMP6: u8 = 58;

/// What a flow's Community ID is computed over.
#[derive(Clone, Copy, Debug)]
pub struct CommunityFlow {
    /// Addresses of sender and receiver of the first packet.
    pub address: [Address; 2],
    /// Their ports; type and code for ICMP.
    pub port: [u16; 2],
    /// IP protocol number.
    pub protocol: u8,
}

/// The message type that answers an ICMP type, if it is one of a pair.
fn icmp_counterpart(protocol: u8, kind: u8) -> Option<u8> {
    let pairs: &[(u8, u8)] = if protocol == ICMP {
        &[(0, 8), (8, 0), (13, 14), (14, 13), (15, 16), (16, 15), (17, 18), (18, 17), (10, 9), (9, 10)]
    } else {
        &[
            (128, 129),
            (129, 128),
            (133, 134),
            (134, 133),
            (135, 136),
            (136, 135),
            (130, 131),
            (131, 130),
            (139, 140),
            (140, 139),
            (144, 145),
            (145, 144),
        ]
    };
    pairs.iter().find(|(a, _)| *a == kind).map(|(_, b)| *b)
}

fn wire_bytes(address: &Address) -> &[u8] {
    if address[..12] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] { &address[12..] } else { address }
}

/// The SHA-1 digest that, in base64 after `1:`, is the Community ID.
pub fn community_id(flow: CommunityFlow) -> [u8; 20] {
    let CommunityFlow {
        address: [mut source, mut destination],
        port: [mut source_port, mut destination_port],
        protocol,
    } = flow;
    let mut one_way = false;
    if protocol == ICMP || protocol == ICMP6 {
        match icmp_counterpart(protocol, source_port as u8) {
            Some(answer) => destination_port = u16::from(answer),
            // Arkime orders the ends of ICMPv6 messages that have no answer, too; ids must be the same as its own.
            None => one_way = protocol == ICMP,
        }
    }
    if !one_way && (wire_bytes(&destination), destination_port) < (wire_bytes(&source), source_port) {
        std::mem::swap(&mut source, &mut destination);
        std::mem::swap(&mut source_port, &mut destination_port);
    }
    let mut hash = Sha1::new();
    hash.update([0u8, 0]);
    hash.update(wire_bytes(&source));
    hash.update(wire_bytes(&destination));
    hash.update([protocol, 0]);
    // Protocols without ports count with ports 0, as in Arkime.
    hash.update(source_port.to_be_bytes());
    hash.update(destination_port.to_be_bytes());
    hash.finalize().into()
}
