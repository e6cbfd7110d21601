//! The walk through one frame: position, bound, and what to do when headers do not hold.

use crate::decoded::{Decoded, FlowKind, MAX_TUNNEL_DEPTH, Malformed};

/// Names of sessions without transport.
pub(crate) mod label {
    pub const ARP: &str = "arp";
    pub const LLDP: &str = "lldp";
    pub const OSPF: &str = "ospf";
    pub const IGMP: &str = "igmp";
    pub const PIM: &str = "pim";
    pub const ISIS: &str = "isis";
    pub const ESIS: &str = "esis";
    pub const XID: &str = "xid";
    pub const DHCP: &str = "dhcp";
    pub const DHCPV6: &str = "dhcpv6";
    pub const UNKNOWN_ETHER: &str = "unknown-ether";
    pub const UNKNOWN_IP: &str = "unknown-ip";
    pub const UNKNOWN_LINK: &str = "unknown-link";
    pub const CORRUPT_IP: &str = "corrupt-ip";
    pub const IP_FRAGMENT: &str = "ip-fragment";
    pub const WLAN_MANAGEMENT: &str = "ieee80211";
}

pub(crate) type Step = Result<(), Malformed>;

/// Walks one frame. Invariant: `position <= end <= frame.len()`; both change only through methods that keep it.
pub(crate) struct Walk<'a> {
    pub frame: &'a [u8],
    pub out: &'a mut Decoded,
    /// Position of the header that is parsed next.
    position: usize,
    /// One past the last byte that belongs to the layer being parsed.
    end: usize,
    /// Bytes beyond it that the layer has, too, and that were not captured.
    pub missing: usize,
    /// Layers entered that can hold another whole packet.
    depth: usize,
    /// Whether the capture itself holds fewer bytes than the frame had.
    pub snapped: bool,
}

impl<'a> Walk<'a> {
    pub fn new(frame: &'a [u8], original_length: u32, out: &'a mut Decoded) -> Self {
        let snapped = (original_length as usize) > frame.len();
        out.truncated |= snapped;
        Self { frame, out, position: 0, end: frame.len(), missing: 0, depth: 0, snapped }
    }

    /// Bytes from the current position to the bound of the current layer.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.frame.get(self.position..self.end).unwrap_or(&[])
    }

    #[inline]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Moves on by `count` bytes, at most to the bound.
    #[inline]
    pub fn skip(&mut self, count: usize) {
        self.position = self.position.saturating_add(count).min(self.end);
    }

    /// Lowers the bound to `length` bytes from here, which cuts link-layer padding and trailers off.
    #[inline]
    pub fn limit(&mut self, length: usize) {
        let end = self.position.saturating_add(length);
        self.missing = end.saturating_sub(self.end);
        self.end = end.min(self.end);
    }

    /// Counts one more layer that may nest.
    #[inline]
    pub fn nest(&mut self) -> Step {
        self.depth += 1;
        if self.depth > MAX_TUNNEL_DEPTH {
            Err(Malformed { layer: "tunnel", reason: "too-deep" })
        } else {
            Ok(())
        }
    }

    /// Sets the payload to what remains.
    #[inline]
    pub fn take_payload(&mut self) {
        self.out.payload_start = self.position as u32;
        self.out.payload_end = self.end as u32;
    }

    /// Makes the frame part of the session `label` that is told apart by `key`.
    pub fn other(&mut self, label: &'static str, key: &[u8]) -> Step {
        self.out.kind = FlowKind::Other;
        self.name(label, key);
        self.take_payload();
        Ok(())
    }

    /// Sets label and key.
    pub fn name(&mut self, label: &'static str, key: &[u8]) {
        self.out.label = label;
        self.out.other_key.clear();
        // Keys are at most two addresses long; a longer one would only lose its tail.
        let kept = key.get(..32).unwrap_or(key);
        let _ = self.out.other_key.try_extend_from_slice(kept);
    }

    /// A session without transport between the two addresses of the innermost IP header.
    pub fn other_by_addresses(&mut self, label: &'static str) -> Step {
        let mut key = [0u8; 32];
        let (low, high) = ordered(self.out.source, self.out.destination);
        let (first, second) = key.split_at_mut(16);
        first.copy_from_slice(&low);
        second.copy_from_slice(&high);
        self.other(label, &key)
    }

    /// A session without transport between two stations, for one ethertype.
    pub fn other_by_macs(&mut self, label: &'static str, kind: u16) -> Step {
        let mut key = [0u8; 14];
        if let Some((source, destination)) = self.out.macs {
            let (low, high) = ordered(source, destination);
            key[..6].copy_from_slice(&low);
            key[6..12].copy_from_slice(&high);
        }
        key[12..].copy_from_slice(&kind.to_be_bytes());
        self.other(label, &key)
    }

    /// The frame's contents do not hold: inside IP it joins the session of broken packets between the addresses of the
    /// innermost header that did hold, outside IP that of the stations.
    pub fn corrupt(&mut self, layer: &'static str, reason: &'static str) -> Step {
        self.out.malformed = Some(Malformed { layer, reason });
        if self.out.has_ip {
            self.other_by_addresses(label::CORRUPT_IP)
        } else {
            self.other_by_macs(label::CORRUPT_IP, 0)
        }
    }

    /// Nesting went too deep: what was found so far is kept as the session of a broken packet.
    pub fn give_up(&mut self, malformed: Malformed) {
        // Cannot nest, so cannot fail.
        let _ = self.corrupt(malformed.layer, malformed.reason);
    }

    /// A protocol we do not know: inside a tunnel what was carried counts as broken, as in Arkime.
    pub fn unknown_ether(&mut self, kind: u16) -> Step {
        if self.out.has_ip {
            self.other_by_addresses(label::CORRUPT_IP)
        } else {
            self.other_by_macs(label::UNKNOWN_ETHER, kind)
        }
    }
}

fn ordered<T: Ord>(a: T, b: T) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Two bytes in network order.
#[inline]
pub(crate) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|b| u16::from_be_bytes(*b))
}

/// Four bytes in network order.
#[inline]
pub(crate) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_be_bytes(*b))
}
