//! Packets in a block of a TPACKET_V3 ring. The kernel writes blocks; they are read as untrusted bytes all the same, so
//! that nothing it could ever write leads outside of a block.

/// `TP_STATUS_VLAN_VALID`: the VLAN tag was taken out of the frame.
const VLAN_VALID: u32 = 1 << 4;
/// `TP_STATUS_VLAN_TPID_VALID`: its protocol is known; otherwise 802.1Q.
const VLAN_TPID_VALID: u32 = 1 << 6;
/// Bytes of `struct tpacket3_hdr`, aligned to 16: the socket address follows.
const HEADER_BYTES: usize = 48;
/// Offset of `sll_pkttype` in `struct sockaddr_ll`.
const PACKET_TYPE: usize = 10;
/// `PACKET_OUTGOING`: sent by this host.
const OUTGOING: u8 = 4;

/// What a block's descriptor says (`struct tpacket_block_desc` with `struct tpacket_hdr_v1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// Packets in the block.
    pub packets: u32,
    /// Offset of the first.
    pub first: u32,
}

/// One packet of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingPacket<'a> {
    /// Nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// Bytes on the wire, with the VLAN tag that was taken out.
    pub original_length: u32,
    /// The frame as the ring holds it.
    pub frame: &'a [u8],
    /// VLAN protocol and tag that the hardware or kernel took out, as they stand in a frame.
    pub vlan: Option<[u8; 4]>,
    /// Whether this host sent it.
    pub outgoing: bool,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

impl BlockHeader {
    /// Reads a block's descriptor.
    pub fn read(block: &[u8]) -> Option<Self> {
        Some(Self { packets: u32_at(block, 12)?, first: u32_at(block, 16)? })
    }
}

/// Reads the packet at `at`; returns it and the offset of the next one (0: it is the last). None when the block is not
/// laid out as promised.
pub fn packet_at(block: &[u8], at: usize) -> Option<(RingPacket<'_>, usize)> {
    let packet = block.get(at..)?;
    let next = u32_at(packet, 0)? as usize;
    let (seconds, nanoseconds) = (u32_at(packet, 4)?, u32_at(packet, 8)?);
    let (captured, length) = (u32_at(packet, 12)?, u32_at(packet, 16)?);
    let status = u32_at(packet, 20)?;
    let mac = usize::from(u16_at(packet, 24)?);
    let frame = packet.get(mac..mac.checked_add(captured as usize)?)?;
    let vlan = (status & VLAN_VALID != 0).then(|| {
        let tci = u32_at(packet, 32).unwrap_or(0) as u16;
        let protocol = if status & VLAN_TPID_VALID != 0 { u16_at(packet, 36) } else { None };
        let (protocol, tci) = (protocol.unwrap_or(0x8100).to_be_bytes(), tci.to_be_bytes());
        [protocol[0], protocol[1], tci[0], tci[1]]
    });
    let outgoing = packet.get(HEADER_BYTES + PACKET_TYPE) == Some(&OUTGOING);
    // A VLAN tag is only ever taken out of a frame with Ethernet addresses.
    let vlan = vlan.filter(|_| frame.len() >= 12);
    Some((
        RingPacket {
            timestamp_ns: i64::from(seconds) * 1_000_000_000 + i64::from(nanoseconds),
            original_length: length.saturating_add(if vlan.is_some() { 4 } else { 0 }),
            frame,
            vlan,
            outgoing,
        },
        if next == 0 { 0 } else { at.checked_add(next)? },
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    /// A block with one packet of `frame`, as the kernel lays it out.
    fn block(frame: &[u8], status: u32, tci: u16, protocol: u16) -> Vec<u8> {
        let mut block = vec![0; 48 + 82 + frame.len()];
        block[12..16].copy_from_slice(&1u32.to_ne_bytes());
        block[16..20].copy_from_slice(&48u32.to_ne_bytes());
        let packet = &mut block[48..];
        packet[4..8].copy_from_slice(&10u32.to_ne_bytes());
        packet[8..12].copy_from_slice(&7u32.to_ne_bytes());
        packet[12..16].copy_from_slice(&(frame.len() as u32).to_ne_bytes());
        packet[16..20].copy_from_slice(&1500u32.to_ne_bytes());
        packet[20..24].copy_from_slice(&status.to_ne_bytes());
        packet[24..26].copy_from_slice(&82u16.to_ne_bytes());
        packet[32..36].copy_from_slice(&u32::from(tci).to_ne_bytes());
        packet[36..38].copy_from_slice(&protocol.to_ne_bytes());
        packet[82..].copy_from_slice(frame);
        block
    }

    #[test]
    fn a_packet_has_its_time_length_and_vlan_tag() {
        let bytes = block(&[9; 60], VLAN_VALID | VLAN_TPID_VALID, 0x2064, 0x88a8);
        let header = BlockHeader::read(&bytes).unwrap();
        let (packet, next) = packet_at(&bytes, header.first as usize).unwrap();
        assert_eq!(packet.timestamp_ns, 10_000_000_007);
        assert_eq!(packet.original_length, 1504);
        assert_eq!(packet.vlan, Some([0x88, 0xa8, 0x20, 0x64]));
        assert_eq!(packet.frame, &[9; 60]);
        assert_eq!(next, 0);
    }

    #[test]
    fn no_content_of_a_block_leads_outside_of_it() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let whole = block(&[1; 100], VLAN_VALID, 5, 0);
        for _ in 0..200_000 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random() % 4 {
                let at = (random() % bytes.len() as u64) as usize;
                bytes[at] = random() as u8;
            }
            bytes.truncate((random() % (bytes.len() as u64 + 1)) as usize);
            let Some(header) = BlockHeader::read(&bytes) else { continue };
            let mut at = header.first as usize;
            for _ in 0..header.packets.min(16) {
                let Some((packet, next)) = packet_at(&bytes, at) else { break };
                assert!(packet.frame.len() <= bytes.len());
                if next <= at {
                    break;
                }
                at = next;
            }
        }
    }
}
