//! What decoding one frame yields: the innermost headers, by offset into the frame.

use arrayvec::ArrayVec;

/// 16 bytes in network order, IPv4 as IPv4-mapped IPv6.
pub type Address = [u8; 16];
/// Most VLAN tags kept of one frame.
pub const MAX_VLANS: usize = 8;
/// Deepest nesting of tunnels that is unwrapped (Arkime: 12).
pub const MAX_TUNNEL_DEPTH: usize = 12;

/// What kind of session a frame belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FlowKind {
    /// TCP (IP protocol 6).
    Tcp,
    /// UDP (17).
    Udp,
    /// ICMP (1) and ICMPv6 (58).
    Icmp,
    /// SCTP (132).
    Sctp,
    /// ESP (50). Inside UDP 4500 it stays UDP, whose ports matter.
    Esp,
    /// Anything else; `label` in [`Decoded`] names it (`arp`, `ospf`, `lldp`, `igmp`, `pim`, `isis`, `esis`,
    /// `xid`, `unknown-ether`, `unknown-ip`, `corrupt-ip`, ...).
    #[default]
    Other,
}

/// Tunnels around the innermost header, as a bit set; [`Tunnels::labels`] gives protocol labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tunnels(pub u16);

/// TCP header facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tcp {
    /// Sequence number.
    pub sequence: u32,
    /// Acknowledgement number.
    pub acknowledgement: u32,
    /// Flags as in RFC 9293: bit 0 FIN, 1 SYN, 2 RST, 3 PSH, 4 ACK, 5 URG, 6 ECE, 7 CWR, 8 AE.
    pub flags: u16,
    /// Window as sent, unscaled.
    pub window: u16,
}

/// An IP fragment that is not a whole packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Identification (16 bits in IPv4, 32 in IPv6).
    pub identification: u32,
    /// Offset of the payload in bytes.
    pub offset: u32,
    /// Whether more fragments follow.
    pub more: bool,
    /// Position of the IP header in the frame.
    pub header_start: u32,
    /// Position of the fragment's payload in the frame.
    pub payload_start: u32,
    /// One past the fragment's last payload byte in the frame.
    pub payload_end: u32,
    /// Protocol of the payload.
    pub next_header: u8,
    /// Position in the frame of the byte that names the fragment header (IPv6 only; 0 in IPv4).
    pub next_header_position: u32,
}

/// One decoded frame. Reused between frames: `clear` before each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// Session kind.
    pub kind: FlowKind,
    /// Label for [`FlowKind::Other`], and for DHCP in [`FlowKind::Udp`].
    pub label: &'static str,
    /// Key bytes for [`FlowKind::Other`] (what tells two such sessions apart), at most 32.
    ///
    /// Not empty in [`FlowKind::Udp`] for DHCP and DHCPv6 only, and then takes the place of addresses and ports: a
    /// client's addresses change while it asks. Such a session has no Community ID, and its direction goes by ports.
    pub other_key: ArrayVec<u8, 32>,
    /// Whether `source` and `destination` hold addresses.
    pub has_ip: bool,
    /// Innermost source address.
    pub source: Address,
    /// Innermost destination address.
    pub destination: Address,
    /// Source port; 0 where there is none.
    pub source_port: u16,
    /// Destination port; 0 where there is none.
    pub destination_port: u16,
    /// Innermost IP protocol number; 0 without IP.
    pub ip_protocol: u8,
    /// Ethertype, or 802.3 length, after the VLAN tags of the outermost Ethernet frame (not of one inside a tunnel: that
    /// is what session rows record); none where the link type is not Ethernet.
    pub ethertype: Option<u16>,
    /// IP time to live or hop limit.
    pub ttl: u8,
    /// DSCP (6 bits).
    pub dscp: u8,
    /// VLAN ids, outermost first, with whether the tag was 802.1ad (0x88a8 and kin) rather than 802.1Q.
    pub vlans: ArrayVec<(u16, bool), MAX_VLANS>,
    /// Innermost virtual network id.
    pub vni: Option<u32>,
    /// Innermost source and destination MAC.
    pub macs: Option<([u8; 6], [u8; 6])>,
    /// Source and destination MACs around tunnels, outermost first. Session rows record the last one.
    pub outer_macs: ArrayVec<([u8; 6], [u8; 6]), MAX_TUNNEL_DEPTH>,
    /// Source and destination addresses around tunnels, outermost first. Session rows record the last one.
    pub outer_ips: ArrayVec<(Address, Address), MAX_TUNNEL_DEPTH>,
    /// Tunnels seen.
    pub tunnels: Tunnels,
    /// Position of the transport payload in the frame. For ICMP the whole message is payload, for ESP what follows the
    /// sequence number, for [`FlowKind::Other`] everything after the header that names it.
    pub payload_start: u32,
    /// One past its last byte.
    pub payload_end: u32,
    /// Bytes that follow in a TCP segment of which so many less were captured.
    pub payload_missing: u32,
    /// TCP facts, when `kind` is TCP.
    pub tcp: Tcp,
    /// Type and code, when `kind` is ICMP.
    pub icmp: (u8, u8),
    /// SPI, when `kind` is ESP.
    pub spi: u32,
    /// Set when the frame holds a fragment: hand it to the defragmenter before anything else.
    pub fragment: Option<Fragment>,
    /// Headers claim more bytes than were captured.
    pub truncated: bool,
    /// What was wrong with the frame; it still belongs to the session that the other members describe.
    pub malformed: Option<Malformed>,
}

impl Decoded {
    /// Forgets the last frame. Keeps no header of it, and touches no more memory than it must.
    pub fn clear(&mut self) {
        self.kind = FlowKind::Other;
        self.label = "";
        self.other_key.clear();
        self.has_ip = false;
        self.source = [0; 16];
        self.destination = [0; 16];
        self.source_port = 0;
        self.destination_port = 0;
        self.ip_protocol = 0;
        self.ethertype = None;
        self.ttl = 0;
        self.dscp = 0;
        self.vlans.clear();
        self.vni = None;
        self.macs = None;
        self.outer_macs.clear();
        self.outer_ips.clear();
        self.tunnels = Tunnels::default();
        self.payload_start = 0;
        self.payload_end = 0;
        self.payload_missing = 0;
        self.tcp = Tcp::default();
        self.icmp = (0, 0);
        self.spi = 0;
        self.fragment = None;
        self.truncated = false;
        self.malformed = None;
    }

    /// The transport payload; empty if the frame is not the one that was decoded.
    pub fn payload<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        frame.get(self.payload_start as usize..self.payload_end as usize).unwrap_or(&[])
    }
}

/// Why a frame could not be decoded; the name of the counter it increments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Malformed {
    /// Layer (`ethernet`, `ipv4`, `gre`, ...).
    pub layer: &'static str,
    /// Reason (`short`, `bad-length`, ...).
    pub reason: &'static str,
}
