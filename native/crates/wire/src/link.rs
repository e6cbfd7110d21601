//! Link types of capture files (tcpdump.org/linktypes.html) down to the first protocol that names itself.

use crate::walk::{Step, Walk, be16, be32, label};

/// LINKTYPE values that are decoded.
pub mod link_type {
    /// BSD loopback: address family in the writer's byte order.
    pub const NULL: u16 = 0;
    /// Ethernet.
    pub const ETHERNET: u16 = 1;
    /// PPP, with or without HDLC address and control.
    pub const PPP: u16 = 9;
    /// Raw IP, the values that some systems wrote for [`RAW`].
    pub const RAW_12: u16 = 12;
    /// See [`RAW_12`].
    pub const RAW_14: u16 = 14;
    /// Raw IP, version from the first nibble.
    pub const RAW: u16 = 101;
    /// IEEE 802.11 without radio information.
    pub const IEEE802_11: u16 = 105;
    /// Frame Relay.
    pub const FRAME_RELAY: u16 = 107;
    /// OpenBSD loopback: address family in network order.
    pub const LOOP: u16 = 108;
    /// Linux "cooked" capture.
    pub const LINUX_SLL: u16 = 113;
    /// IEEE 802.11 after a radiotap header.
    pub const RADIOTAP: u16 = 127;
    /// Raw IPv4.
    pub const IPV4: u16 = 228;
    /// Raw IPv6.
    pub const IPV6: u16 = 229;
    /// Linux netfilter log.
    pub const NFLOG: u16 = 239;
    /// Ethernet mPackets (IEEE 802.3br).
    pub const MPACKET: u16 = 274;
    /// Linux "cooked" capture, version 2.
    pub const LINUX_SLL2: u16 = 276;
}

/// Packet payload attribute of NFLOG.
const NFULA_PAYLOAD: u16 = 9;
/// Most attributes of one NFLOG frame that are looked at; libnetfilter_log writes fewer than 30.
const MAX_NFLOG_ATTRIBUTES: usize = 64;
/// Preamble and start delimiter of an mPacket.
const MPACKET_PREAMBLE: usize = 8;

const IEEE80211_DATA: u8 = 2;
/// Before an Ethernet frame that is bridged in LLC (RFC 2684 section 5.2); over Frame Relay there is none.
const LLC_BRIDGED_PADDING: usize = 2;

impl Walk<'_> {
    pub(crate) fn link(&mut self, kind: u16) -> Step {
        match kind {
            link_type::ETHERNET => self.first_ethernet(),
            link_type::NULL => self.loopback(u32::from_ne_bytes),
            link_type::LOOP => self.loopback(u32::from_be_bytes),
            link_type::RAW | link_type::RAW_12 | link_type::RAW_14 => self.ip_by_version(),
            link_type::IPV4 => self.ipv4(),
            link_type::IPV6 => self.ipv6(),
            link_type::PPP => self.ppp(),
            link_type::FRAME_RELAY => self.frame_relay(),
            link_type::LINUX_SLL => self.sll(),
            link_type::LINUX_SLL2 => self.sll2(),
            link_type::RADIOTAP => self.radiotap(),
            link_type::IEEE802_11 => self.ieee80211(),
            link_type::NFLOG => self.nflog(),
            link_type::MPACKET => {
                self.skip(MPACKET_PREAMBLE);
                self.first_ethernet()
            }
            unknown => self.other(label::UNKNOWN_LINK, &unknown.to_be_bytes()),
        }
    }

    /// The family is in the byte order of the machine that wrote the file; all known values fit 16 bits, so whichever
    /// order gives a small number is right.
    fn loopback(&mut self, order: fn([u8; 4]) -> u32) -> Step {
        let Some(family) = self.rest().first_chunk::<4>().map(|b| order(*b)) else {
            return self.corrupt("loopback", "short");
        };
        let family = if family > 0xffff { family.swap_bytes() } else { family };
        self.skip(4);
        match family {
            2 => self.ipv4(),
            // IPv6 is 10 on Linux, 23 on Windows, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin.
            10 | 23 | 24 | 28 | 30 => self.ipv6(),
            other => self.unknown_ether(other as u16),
        }
    }

    pub(crate) fn ip_by_version(&mut self) -> Step {
        match self.rest().first().map(|b| b >> 4) {
            Some(4) => self.ipv4(),
            Some(6) => self.ipv6(),
            _ => self.corrupt("ip", "version"),
        }
    }

    /// Q.922 address of two or four bytes, then an ethertype (Cisco) or UI and NLPID (RFC 2427).
    pub(crate) fn frame_relay(&mut self) -> Step {
        self.nest()?;
        let rest = self.rest();
        let Some(&[_, second]) = rest.first_chunk::<2>() else { return self.corrupt("frame-relay", "short") };
        // The low bit of the last address byte is set.
        let address = if second & 1 == 1 { 2 } else { 4 };
        let Some(kind) = be16(rest, address) else { return self.corrupt("frame-relay", "short") };
        if kind >> 8 != 3 {
            self.skip(address + 2);
            return self.ethertype(kind);
        }
        // UI is followed by the NLPID, or by one byte of padding and then the NLPID.
        let padding = usize::from(kind & 0xff == 0);
        let nlpid_at = address + 1 + padding;
        let Some(nlpid) = rest.get(nlpid_at) else { return self.corrupt("frame-relay", "short") };
        self.skip(nlpid_at + 1);
        match nlpid {
            0xcc => self.ipv4(),
            0x8e => self.ipv6(),
            0xcf => self.ppp(),
            0x80 => self.snap(0),
            other => self.unknown_ether(u16::from(*other)),
        }
    }

    fn sll(&mut self) -> Step {
        const HEADER: usize = 16;
        let Some(kind) = be16(self.rest(), HEADER - 2) else { return self.corrupt("sll", "short") };
        self.skip(HEADER);
        self.cooked_protocol(kind)
    }

    fn sll2(&mut self) -> Step {
        const HEADER: usize = 20;
        let rest = self.rest();
        let (Some(kind), true) = (be16(rest, 0), rest.len() >= HEADER) else {
            return self.corrupt("sll2", "short");
        };
        self.skip(HEADER);
        self.cooked_protocol(kind)
    }

    fn cooked_protocol(&mut self, kind: u16) -> Step {
        match kind {
            // "Ethernet" frames of another kind, and 802.2 LLC.
            4 => self.llc(),
            1 => self.unknown_ether(kind),
            kind => self.ethertype(kind),
        }
    }

    fn radiotap(&mut self) -> Step {
        let Some(length) = self.rest().get(2..).and_then(|r| r.first_chunk()).map(|b| u16::from_le_bytes(*b))
        else {
            return self.corrupt("radiotap", "short");
        };
        if usize::from(length) < 8 || usize::from(length) > self.rest().len() {
            return self.corrupt("radiotap", "bad-length");
        }
        self.skip(usize::from(length));
        self.ieee80211()
    }

    /// Data frames only: the rest of 802.11 carries no network packets and becomes one session per kind.
    fn ieee80211(&mut self) -> Step {
        let rest = self.rest();
        let Some(&[first, flags]) = rest.first_chunk::<2>() else {
            return self.corrupt("ieee80211", "short");
        };
        let (kind, subtype) = ((first >> 2) & 3, first >> 4);
        let protected = flags & 0x40 != 0;
        // Subtypes with bit 2 set (null functions) have no body.
        if kind != IEEE80211_DATA || subtype & 4 != 0 || protected {
            return self.other(label::WLAN_MANAGEMENT, &[kind, subtype, u8::from(protected)]);
        }
        let to_and_from_ds = flags & 3 == 3;
        let qos = subtype & 8 != 0;
        let order = flags & 0x80 != 0;
        let header = 24
            + if to_and_from_ds { 6 } else { 0 }
            + if qos { 2 } else { 0 }
            + if qos && order { 4 } else { 0 };
        if header > rest.len() {
            return self.corrupt("ieee80211", "short");
        }
        self.skip(header);
        self.llc()
    }

    fn nflog(&mut self) -> Step {
        let Some(family) = self.rest().first().copied() else { return self.corrupt("nflog", "short") };
        self.skip(4);
        for _ in 0..MAX_NFLOG_ATTRIBUTES {
            let rest = self.rest();
            // Length and type are in the byte order of the machine that captured; a type fits one byte, so its zero
            // byte tells which.
            let Some(&[l0, l1, t0, t1]) = rest.first_chunk::<4>() else {
                return self.corrupt("nflog", "no-payload");
            };
            let little = t1 == 0 || (t1 & 0xc0 != 0 && t0 != 0);
            let (length, kind) = if little {
                (u16::from_le_bytes([l0, l1]), u16::from_le_bytes([t0, t1]) & 0x3fff)
            } else {
                (u16::from_be_bytes([l0, l1]), u16::from_be_bytes([t0, t1]) & 0x3fff)
            };
            let length = usize::from(length);
            if length < 4 {
                return self.corrupt("nflog", "bad-length");
            }
            if kind == NFULA_PAYLOAD {
                self.skip(4);
                self.limit(length - 4);
                return match family {
                    2 => self.ipv4(),
                    10 => self.ipv6(),
                    _ => self.ip_by_version(),
                };
            }
            self.skip(length.next_multiple_of(4));
        }
        self.corrupt("nflog", "no-payload")
    }

    /// PPP: optional HDLC address and control, then a protocol of one or two bytes (RFC 1661, 1662).
    pub(crate) fn ppp(&mut self) -> Step {
        if self.rest().starts_with(&[0xff, 0x03]) {
            self.skip(2);
        }
        let rest = self.rest();
        let Some(&first) = rest.first() else { return self.corrupt("ppp", "short") };
        // An odd first byte is a whole protocol number, compressed.
        let (protocol, size) = if first & 1 == 1 {
            (u16::from(first), 1)
        } else {
            match be16(rest, 0) {
                Some(protocol) => (protocol, 2),
                None => return self.corrupt("ppp", "short"),
            }
        };
        self.skip(size);
        match protocol {
            0x0021 => self.ipv4(),
            0x0057 => self.ipv6(),
            0x0281 | 0x0283 => self.mpls(),
            other => self.unknown_ether(other),
        }
    }

    /// IEEE 802.2 LLC after an 802.3 length or in 802.11.
    pub(crate) fn llc(&mut self) -> Step {
        let rest = self.rest();
        let Some(&[destination, source, control]) = rest.first_chunk::<3>() else {
            return self.corrupt("llc", "short");
        };
        match (destination, source, control) {
            (0xaa, 0xaa, 3) => {
                self.skip(3);
                self.snap(LLC_BRIDGED_PADDING)
            }
            // ISO network layer: the first byte of the PDU names the protocol (ISO/IEC TR 9577).
            (0xfe, 0xfe, 3) => {
                self.skip(3);
                match self.rest().first() {
                    Some(0x83) => self.other(label::ISIS, &[]),
                    Some(0x82) => self.other(label::ESIS, &[]),
                    Some(other) => self.unknown_ether(u16::from(*other)),
                    None => self.corrupt("llc", "short"),
                }
            }
            (6, 6, 3) => {
                self.skip(3);
                self.ipv4()
            }
            // XID, with or without the poll bit.
            (_, _, 0xaf | 0xbf) => self.other_by_macs(label::XID, 0),
            (destination, source, _) => self.unknown_ether(u16::from_be_bytes([destination, source])),
        }
    }

    /// SNAP: an organisation and a protocol of its numbering. Bridged frames come behind `padding`.
    pub(crate) fn snap(&mut self, padding: usize) -> Step {
        self.nest()?;
        let rest = self.rest();
        let (Some(word), Some(kind)) = (be32(rest, 0), be16(rest, 3)) else {
            return self.corrupt("snap", "short");
        };
        self.skip(5);
        match word >> 8 {
            // Ethertypes, also bridged as by RFC 1042 tunnels.
            0x00_0000 | 0x00_00f8 => self.ethertype(kind),
            // Bridged Ethernet with and without a frame check sequence (RFC 2427 section 4.2, RFC 2684 section 5.2).
            0x00_80c2 if matches!(kind, 1 | 7) => {
                self.skip(padding);
                self.nested_ethernet()
            }
            _ => self.unknown_ether(kind),
        }
    }
}
