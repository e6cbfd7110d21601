//! The tunnels unwrapped around the innermost header, as bits, and the protocol labels they give a session.

use crate::decoded::Tunnels;

impl Tunnels {
    /// Generic Routing Encapsulation (RFC 2784, 2890) and its enhanced form (RFC 2637).
    pub const GRE: Self = Self(1);
    /// PPP over Ethernet (RFC 2516).
    pub const PPPOE: Self = Self(1 << 1);
    /// MPLS label stack (RFC 3032).
    pub const MPLS: Self = Self(1 << 2);
    /// PPP (RFC 1661).
    pub const PPP: Self = Self(1 << 3);
    /// GTP-U (3GPP TS 29.281).
    pub const GTP: Self = Self(1 << 4);
    /// VXLAN (RFC 7348).
    pub const VXLAN: Self = Self(1 << 5);
    /// VXLAN with a protocol field (draft-ietf-nvo3-vxlan-gpe).
    pub const VXLAN_GPE: Self = Self(1 << 6);
    /// Geneve (RFC 8926).
    pub const GENEVE: Self = Self(1 << 7);
    /// ERSPAN types I to III, always inside GRE.
    pub const ERSPAN: Self = Self(1 << 8);
    /// Network Service Header (RFC 8300).
    pub const NSH: Self = Self(1 << 9);
    /// IP directly inside IP (RFC 2003, 4213, 2473).
    pub const IP_IN_IP: Self = Self(1 << 10);
    /// Authentication Header (RFC 4302).
    pub const AH: Self = Self(1 << 11);
    /// Ethernet in IP (RFC 3378).
    pub const ETHERIP: Self = Self(1 << 12);
    /// Frame Relay (RFC 2427).
    pub const FRAME_RELAY: Self = Self(1 << 13);
    /// Cisco metadata (ethertype 0x8909).
    pub const CISCO_METADATA: Self = Self(1 << 14);

    /// The bits that have a protocol label of their own. The others say nothing that addresses, VLANs or the label
    /// `gre` do not, and Arkime does not label them.
    const LABELS: [(Self, &'static str); 8] = [
        (Self::GRE, "gre"),
        (Self::PPPOE, "pppoe"),
        (Self::PPP, "ppp"),
        (Self::MPLS, "mpls"),
        (Self::GTP, "gtp"),
        (Self::VXLAN, "vxlan"),
        (Self::VXLAN_GPE, "vxlan-gpe"),
        (Self::GENEVE, "geneve"),
    ];

    /// Protocol labels of the tunnels seen.
    pub fn labels(self) -> impl Iterator<Item = &'static str> {
        Self::LABELS.into_iter().filter(move |(bit, _)| self.contains(*bit)).map(|(_, label)| label)
    }

    /// Whether every bit of `other` is set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether no tunnel was seen.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
