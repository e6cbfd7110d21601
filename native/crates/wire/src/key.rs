//! Which session a frame belongs to, the same for both directions.

use crate::decoded::{Decoded, FlowKind};
use arrayvec::ArrayVec;

/// What beside addresses and ports tells sessions apart (`sessionIdTracking`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SessionIdTracking {
    /// Nothing: the same 5-tuple on two VLANs is one session.
    #[default]
    None,
    /// VLAN ids: the outermost and the innermost.
    Vlan,
    /// The innermost virtual network id.
    Vni,
}

/// Session key, normalised: both directions of a session give equal keys.
///
/// `reversed` takes no part in equality or hashing. Sessions of [`FlowKind::Other`] have one direction only.
#[derive(Clone, Copy, Debug)]
pub struct FlowKey {
    ends: [[u8; 18]; 2],
    network: u32,
    class: u8,
    /// Whether source and destination of the packet were exchanged to make the key.
    pub reversed: bool,
}

impl PartialEq for FlowKey {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.network == other.network && self.class == other.class
    }
}

impl Eq for FlowKey {}

impl std::hash::Hash for FlowKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write(self.ends.as_flattened());
        state.write_u32(self.network);
        state.write_u8(self.class);
    }
}

/// Stands in for the transport in keys; `Other` names its label by hash in place of the ports.
fn class(kind: FlowKind) -> u8 {
    match kind {
        FlowKind::Tcp => 6,
        FlowKind::Udp => 17,
        FlowKind::Icmp => 1,
        FlowKind::Sctp => 132,
        FlowKind::Esp => 50,
        FlowKind::Other => 0,
    }
}

impl FlowKey {
    /// The key of the session that `decoded` belongs to.
    pub fn of(decoded: &Decoded, tracking: SessionIdTracking) -> Self {
        let (ends, reversed) = ends(decoded);
        // Link-layer protocols cross no network that could be tracked, and ARP and IGMP are lumped by design.
        let is_tracked = decoded.other_key.len() == 32 || (decoded.kind != FlowKind::Other && decoded.other_key.is_empty());
        let network = match tracking {
            _ if !is_tracked => 0,
            SessionIdTracking::None => 0,
            SessionIdTracking::Vlan => match (decoded.vlans.first(), decoded.vlans.last()) {
                // An untagged frame and one with id 0 (priority tag only) are the same network.
                (Some((outer, _)), Some((inner, _))) => u32::from(*outer) << 12 | u32::from(*inner),
                _ => 0,
            },
            SessionIdTracking::Vni => decoded.vni.map_or(0, |vni| vni | 1 << 24),
        };
        Self { ends, network, class: class(decoded.kind), reversed }
    }

    /// 64 bits for choosing a worker: equal for equal keys, the same on every machine and in every run.
    pub fn stable_hash(&self) -> u64 {
        let mut hash = MixHash::new(u64::from(self.network) << 8 | u64::from(self.class));
        for end in &self.ends {
            let (words, tail) = end.as_chunks::<8>();
            for word in words {
                hash.add(u64::from_le_bytes(*word));
            }
            hash.add(tail.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        hash.finish()
    }
}

fn ends(decoded: &Decoded) -> ([[u8; 18]; 2], bool) {
    let mut a = [0u8; 18];
    let mut b = [0u8; 18];
    if decoded.kind == FlowKind::Other || !decoded.other_key.is_empty() {
        let (first, second) = decoded.other_key.split_at(decoded.other_key.len().min(16));
        for (slot, byte) in a.iter_mut().zip(first).chain(b.iter_mut().zip(second)) {
            *slot = *byte;
        }
        let name = label_hash(decoded.label).to_be_bytes();
        a[16..].copy_from_slice(&name);
        b[16..].copy_from_slice(&[decoded.other_key.len() as u8, 0]);
        return ([a, b], decoded.source_port < decoded.destination_port);
    }
    a[..16].copy_from_slice(&decoded.source);
    a[16..].copy_from_slice(&decoded.source_port.to_be_bytes());
    b[..16].copy_from_slice(&decoded.destination);
    b[16..].copy_from_slice(&decoded.destination_port.to_be_bytes());
    if a <= b { ([a, b], false) } else { ([b, a], true) }
}

/// FNV-1a folded to 16 bits; a test holds that no two labels collide.
fn label_hash(label: &str) -> u16 {
    let hash = label.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 16) as u16 ^ hash as u16
}

/// Multiply and fold, as in wyhash; written out because a stable value is part of the contract.
struct MixHash(u64);

impl MixHash {
    fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    #[inline]
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(0xa076_1d64_78bd_642f_u64);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn finish(self) -> u64 {
        let mut hash = self.0;
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
        hash ^ hash >> 32
    }
}

/// Hash of the session that `decoded` belongs to, the same in both directions, on every machine and in every run. For
/// choosing a worker.
pub fn flow_hash(decoded: &Decoded, tracking: SessionIdTracking) -> u64 {
    FlowKey::of(decoded, tracking).stable_hash()
}

/// What of a session goes into its id: independent of direction and of `sessionIdTracking`, at most 64 bytes.
pub fn session_key_bytes(decoded: &Decoded) -> ArrayVec<u8, 64> {
    let (ends, _) = ends(decoded);
    let mut bytes = ArrayVec::new();
    // 1 + 36 bytes of 64.
    bytes.push(class(decoded.kind));
    let _ = bytes.try_extend_from_slice(ends.as_flattened());
    bytes
}

#[cfg(test)]
mod test {
    use super::*;
    use crate::walk::label;
    use std::collections::HashSet;

    #[test]
    fn labels_have_distinct_hashes() {
        let labels = [
            label::ARP, label::LLDP, label::DHCP, label::DHCPV6, label::OSPF, label::IGMP, label::PIM, label::ISIS, label::ESIS, label::XID,
            label::UNKNOWN_ETHER, label::UNKNOWN_IP, label::UNKNOWN_LINK, label::CORRUPT_IP, label::IP_FRAGMENT,
            label::WLAN_MANAGEMENT,
        ];
        assert_eq!(labels.iter().map(|l| label_hash(l)).collect::<HashSet<_>>().len(), labels.len());
    }

    fn tcp(from: u8, to: u8, ports: (u16, u16)) -> Decoded {
        let mut decoded = Decoded { kind: FlowKind::Tcp, has_ip: true, ..Decoded::default() };
        decoded.source[15] = from;
        decoded.destination[15] = to;
        (decoded.source_port, decoded.destination_port) = ports;
        decoded
    }

    #[test]
    fn both_directions_give_one_key() {
        let (there, back) = (tcp(1, 2, (5000, 80)), tcp(2, 1, (80, 5000)));
        let (a, b) = (FlowKey::of(&there, SessionIdTracking::None), FlowKey::of(&back, SessionIdTracking::None));
        assert_eq!(a, b);
        assert_ne!(a.reversed, b.reversed);
        assert_eq!(a.stable_hash(), b.stable_hash());
        assert_eq!(session_key_bytes(&there), session_key_bytes(&back));
    }

    #[test]
    fn crossed_ports_are_another_session() {
        let (a, b) = (tcp(1, 2, (5000, 80)), tcp(1, 2, (80, 5000)));
        assert_ne!(FlowKey::of(&a, SessionIdTracking::None), FlowKey::of(&b, SessionIdTracking::None));
    }

    #[test]
    fn vlan_counts_only_when_tracked() {
        let (mut a, mut b) = (tcp(1, 2, (5, 8)), tcp(1, 2, (5, 8)));
        a.vlans.push((10, false));
        b.vlans.push((11, false));
        assert_eq!(FlowKey::of(&a, SessionIdTracking::None), FlowKey::of(&b, SessionIdTracking::None));
        assert_eq!(FlowKey::of(&a, SessionIdTracking::Vni), FlowKey::of(&b, SessionIdTracking::Vni));
        assert_ne!(FlowKey::of(&a, SessionIdTracking::Vlan), FlowKey::of(&b, SessionIdTracking::Vlan));
        assert_eq!(session_key_bytes(&a), session_key_bytes(&b));
    }

    #[test]
    fn network_zero_is_not_no_network() {
        let (mut a, b) = (tcp(1, 2, (5, 8)), tcp(1, 2, (5, 8)));
        a.vni = Some(0);
        assert_ne!(FlowKey::of(&a, SessionIdTracking::Vni), FlowKey::of(&b, SessionIdTracking::Vni));
    }

    #[test]
    fn stable_hash_does_not_change() {
        // Workers of two versions must agree on who owns a flow when an interrupted import is replayed.
        assert_eq!(FlowKey::of(&tcp(1, 2, (5000, 80)), SessionIdTracking::None).stable_hash(), STABLE);
    }

    const STABLE: u64 = 2_711_703_787_985_315_207;
}
