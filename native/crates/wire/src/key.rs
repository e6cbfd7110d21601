//! Which session a frame belongs to, the same for both directions.

use crate::decoded::{Address, Decoded, FlowKind};

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
/// Sessions of [`FlowKind::Other`] have one direction only. 40 bytes, which each open flow holds.
#[derive(Clone, Copy, Debug)]
pub struct FlowKey {
    /// Both ends, each in two halves, the high one first.
    ends: [[u64; 2]; 2],
    /// Ports of both ends, 16 bits each; network, 25 bits; class, 3 bits; reversed, a bit.
    rest: u64,
}

/// Whether source and destination of the packet were exchanged to make the key: takes no part in equality or hashing.
const REVERSED: u64 = 1 << 63;

impl PartialEq for FlowKey {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && (self.rest ^ other.rest) & !REVERSED == 0
    }
}

impl Eq for FlowKey {}

impl std::hash::Hash for FlowKey {
    #[inline]
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let [low, high] = self.ends.map(number);
        state.write_u128(low);
        state.write_u128(high);
        state.write_u64(self.rest & !REVERSED);
    }
}

#[inline]
fn halves(end: u128) -> [u64; 2] {
    [(end >> 64) as u64, end as u64]
}

#[inline]
fn number([high, low]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// Stands in for the transport in keys; `Other` names its label by hash in place of the ports.
fn class(kind: FlowKind) -> u8 {
    match kind {
        FlowKind::Other => 0,
        FlowKind::Tcp => 1,
        FlowKind::Udp => 2,
        FlowKind::Icmp => 3,
        FlowKind::Sctp => 4,
        FlowKind::Esp => 5,
    }
}

impl FlowKey {
    /// The key of the session that `decoded` belongs to.
    #[inline]
    pub fn of(decoded: &Decoded, tracking: SessionIdTracking) -> Self {
        let network = match tracking {
            SessionIdTracking::None => 0,
            _ => network(decoded, tracking),
        };
        Self::new(Ends::of(decoded), decoded.kind, network)
    }

    /// The key of a session between two addresses and ports, those of the sender first, in a network that is tracked.
    #[inline]
    pub(crate) fn between(kind: FlowKind, addresses: [u128; 2], ports: [u16; 2], network: u32) -> Self {
        Self::new(Ends::between(addresses, ports), kind, network)
    }

    #[inline]
    fn new(Ends { ends, ports: [low, high], reversed }: Ends, kind: FlowKind, network: u32) -> Self {
        let rest = u64::from(low)
            | u64::from(high) << 16
            | u64::from(network) << 32
            | u64::from(class(kind)) << 57
            | if reversed { REVERSED } else { 0 };
        Self { ends: ends.map(halves), rest }
    }

    /// Whether source and destination of the packet were exchanged to make the key.
    #[inline]
    pub fn reversed(&self) -> bool {
        self.rest & REVERSED != 0
    }

    /// Addresses and ports of the packet that the key was made of, its sender first, or its receiver where `exchanged`.
    /// Meaningless for keys of [`FlowKind::Other`] and of sessions that are kept by client (DHCP).
    pub fn ends(&self, exchanged: bool) -> ([Address; 2], [u16; 2]) {
        let mut address = self.ends.map(|end| number(end).to_be_bytes());
        if self.reversed() != exchanged {
            address.swap(0, 1);
        }
        (address, self.ports(exchanged))
    }

    /// The ports of [`FlowKey::ends`].
    pub fn ports(&self, exchanged: bool) -> [u16; 2] {
        let ports = [self.rest as u16, (self.rest >> 16) as u16];
        if self.reversed() == exchanged { ports } else { [ports[1], ports[0]] }
    }

    /// What of a session goes into its id: independent of direction and of `sessionIdTracking`.
    pub fn identity_bytes(&self) -> [u8; 37] {
        let mut bytes = [0; 37];
        bytes[0] = (self.rest >> 57) as u8 & 7;
        for (at, end) in self.ends.into_iter().enumerate() {
            let place = 1 + 18 * at;
            bytes[place..place + 16].copy_from_slice(&number(end).to_be_bytes());
            bytes[place + 16..place + 18].copy_from_slice(&((self.rest >> (16 * at)) as u16).to_be_bytes());
        }
        bytes
    }

    /// 64 bits for choosing a worker: equal for equal keys, the same on every machine and in every run.
    #[inline]
    pub fn stable_hash(&self) -> u64 {
        let [low, high] = self.ends;
        // The two ends are mixed apart from each other, which the processor does at the same time.
        let ends = mix(low[1] ^ SEEDS[0], low[0] ^ SEEDS[1]) ^ mix(high[1] ^ SEEDS[2], high[0] ^ SEEDS[3]);
        mix(ends ^ SEEDS[1], (self.rest & !REVERSED) ^ SEEDS[2])
    }
}

const SEEDS: [u64; 4] =
    [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3];

/// Multiplies and folds, as wyhash does; written out because a stable value is part of the contract.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

/// At most 25 bits.
fn network(decoded: &Decoded, tracking: SessionIdTracking) -> u32 {
    // Link-layer protocols cross no network that could be tracked, and ARP, IGMP and DHCP are lumped by design.
    let is_tracked =
        decoded.other_key.len() == 32 || (decoded.kind != FlowKind::Other && decoded.other_key.is_empty());
    if !is_tracked {
        return 0;
    }
    match tracking {
        SessionIdTracking::None => 0,
        SessionIdTracking::Vlan => match (decoded.vlans.first(), decoded.vlans.last()) {
            // An untagged frame and one with id 0 (priority tag only) are the same network.
            (Some((outer, _)), Some((inner, _))) => {
                u32::from(*outer & 0xfff) << 12 | u32::from(*inner & 0xfff)
            }
            _ => 0,
        },
        SessionIdTracking::Vni => decoded.vni.map_or(0, |vni| (vni & 0xff_ffff) | 1 << 24),
    }
}

/// Both ends of a session in an order that does not depend on direction.
struct Ends {
    ends: [u128; 2],
    ports: [u16; 2],
    reversed: bool,
}

impl Ends {
    #[inline]
    fn of(decoded: &Decoded) -> Self {
        if decoded.kind == FlowKind::Other || !decoded.other_key.is_empty() {
            return Self::of_key(decoded);
        }
        let addresses = [decoded.source, decoded.destination].map(u128::from_be_bytes);
        Self::between(addresses, [decoded.source_port, decoded.destination_port])
    }

    #[inline]
    fn between([a, b]: [u128; 2], [port_a, port_b]: [u16; 2]) -> Self {
        if (a, port_a) <= (b, port_b) {
            Self { ends: [a, b], ports: [port_a, port_b], reversed: false }
        } else {
            Self { ends: [b, a], ports: [port_b, port_a], reversed: true }
        }
    }

    fn of_key(decoded: &Decoded) -> Self {
        let mut key = [0u8; 32];
        for (slot, byte) in key.iter_mut().zip(&decoded.other_key) {
            *slot = *byte;
        }
        let (halves, _) = key.as_chunks::<16>();
        let mut ends = [0; 2];
        for (end, half) in ends.iter_mut().zip(halves) {
            *end = u128::from_be_bytes(*half);
        }
        // The length tells a key from one that has zeros behind it.
        let ports = [label_hash(decoded.label), decoded.other_key.len() as u16];
        Self { ends, ports, reversed: decoded.source_port < decoded.destination_port }
    }
}

/// Hash of the session that `decoded` belongs to, the same in both directions, on every machine and in every run. For
/// choosing a worker.
#[inline]
pub fn flow_hash(decoded: &Decoded, tracking: SessionIdTracking) -> u64 {
    FlowKey::of(decoded, tracking).stable_hash()
}

/// FNV-1a folded to 16 bits; a test holds that no two labels collide.
fn label_hash(label: &str) -> u16 {
    let hash =
        label.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 16) as u16 ^ hash as u16
}

#[cfg(test)]
mod test {
    use super::*;
    use crate::walk::label;
    use std::collections::HashSet;

    #[test]
    fn labels_have_distinct_hashes() {
        let labels = [
            label::ARP,
            label::LLDP,
            label::DHCP,
            label::DHCPV6,
            label::OSPF,
            label::IGMP,
            label::PIM,
            label::ISIS,
            label::ESIS,
            label::XID,
            label::UNKNOWN_ETHER,
            label::UNKNOWN_IP,
            label::UNKNOWN_LINK,
            label::CORRUPT_IP,
            label::IP_FRAGMENT,
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
        let (a, b) =
            (FlowKey::of(&there, SessionIdTracking::None), FlowKey::of(&back, SessionIdTracking::None));
        assert_eq!(a, b);
        assert_ne!(a.reversed(), b.reversed());
        assert_eq!((a.ends(false), b.ends(true)), (b.ends(true), a.ends(false)));
        assert_eq!(a.ends(false), ([there.source, there.destination], [5000, 80]));
        assert_eq!(b.ends(false), ([back.source, back.destination], [80, 5000]));
        assert_eq!(a.stable_hash(), b.stable_hash());
        assert_eq!(a.identity_bytes(), b.identity_bytes());
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
        let bytes = |decoded, tracking| FlowKey::of(decoded, tracking).identity_bytes();
        assert_eq!(bytes(&a, SessionIdTracking::Vlan), bytes(&b, SessionIdTracking::Vlan));
        assert_eq!(bytes(&a, SessionIdTracking::Vlan), bytes(&b, SessionIdTracking::None));
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

    const STABLE: u64 = 4_993_658_203_400_003_867;
}
