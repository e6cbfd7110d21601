//! Which end of a session sent each of its packets, found again from the packets.

use crate::fragments::{Fragments, Outcome};
use lookback_session::PacketPosition;
use lookback_wire::decoded::Address;
use lookback_wire::{Decoded, FlowKind};
use std::net::IpAddr;

/// Datagrams that may wait for fragments at once.
const DATAGRAMS: usize = 1_024;
/// Packets come in order of the session, whose times are no matter here: no datagram is given up for its age.
const TIMEOUT_S: i64 = i64::MAX;

/// Which end sent a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Sender {
    /// Neither, or the packet does not say.
    #[default]
    Unknown = 0,
    /// The end that the session counts as source.
    Source = 1,
    /// The other end.
    Destination = 2,
}

/// Address and port (0 where there is none) of the ends of a session, source first.
#[derive(Clone, Copy, Debug)]
pub struct SessionEnds {
    address: [Address; 2],
    port: [u16; 2],
}

impl SessionEnds {
    /// Of addresses as people write them.
    pub fn new(address: [IpAddr; 2], port: [u16; 2]) -> Self {
        let mapped = |address: IpAddr| match address {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
            IpAddr::V6(v6) => v6.octets(),
        };
        Self { address: address.map(mapped), port }
    }

    /// Who sent a frame. The rule is that of the flow table; a frame whose transport is not known goes by address.
    fn sender(&self, decoded: &Decoded) -> Sender {
        let (there, back) = if decoded.kind == FlowKind::Udp && !decoded.other_key.is_empty() {
            // A DHCP client changes its address within the session, and may ask a boot server at another port. Between relay agent
            // and server both ports are one.
            let is_one = self.port[0] == self.port[1];
            let is_of_source = self.address[0] == decoded.source;
            (
                self.port[0] == decoded.source_port && (!is_one || is_of_source),
                self.port[0] == decoded.destination_port && (!is_one || !is_of_source),
            )
        } else if !decoded.has_ip {
            (false, false)
        } else {
            let by_address = decoded.kind == FlowKind::Other || decoded.fragment.is_some();
            let is = |end: usize| {
                self.address[end] == decoded.source && (by_address || self.port[end] == decoded.source_port)
            };
            (is(0), is(1))
        };
        match (there, back) {
            // Of two ends with one address, an address alone does not tell.
            (true, true) if self.port[0] != self.port[1] => Sender::Unknown,
            (true, _) => Sender::Source,
            (false, true) => Sender::Destination,
            (false, false) => Sender::Unknown,
        }
    }
}

/// Takes the packets of one session in order and says who sent each.
pub struct Directions {
    ends: SessionEnds,
    fragments: Fragments,
    decoded: Decoded,
    senders: Vec<Sender>,
}

impl Directions {
    /// For a session between `ends`.
    pub fn new(ends: SessionEnds) -> Self {
        let fragments = Fragments::new(DATAGRAMS, TIMEOUT_S);
        Self { ends, fragments, decoded: Decoded::default(), senders: Vec::new() }
    }

    /// The next packet. Fragments of a datagram are known once it is whole, and by the address on them until then.
    pub fn packet(&mut self, link_type: u16, frame: &[u8], original_length: u32) {
        let at = self.senders.len();
        if lookback_wire::decode(link_type, frame, original_length, &mut self.decoded).is_err() {
            self.senders.push(Sender::Unknown);
            return;
        }
        // Inside a tunnel the address on a fragment is the tunnel's, which is no end of the session.
        self.senders.push(self.ends.sender(&self.decoded));
        if self.decoded.fragment.is_none() {
            return;
        }
        let position = PacketPosition { file: 0, offset: at as u64, length: 0 };
        if let Outcome::Complete(joined) =
            self.fragments.add(frame, &mut self.decoded, 0, at as u64, position)
        {
            let sender = self.ends.sender(&self.decoded);
            let earlier = joined.earlier.iter().map(|position| position.offset as usize);
            for part in earlier.chain([at]) {
                if let Some(known) = self.senders.get_mut(part) {
                    *known = sender;
                }
            }
        }
    }

    /// Who sent each packet, in order.
    pub fn senders(&self) -> &[Sender] {
        &self.senders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETHERNET: u16 = 1;

    /// Ethernet, IPv4 with these fragment fields, and `payload`.
    fn frame(from: [u8; 4], to: [u8; 4], protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
        frame.extend(((20 + payload.len()) as u16).to_be_bytes());
        frame.extend([0, 7]);
        frame.extend(fragment.to_be_bytes());
        frame.extend([64, protocol, 0, 0]);
        frame.extend([from, to].concat());
        frame.extend(payload);
        frame
    }

    fn udp(ports: [u16; 2], data: &[u8]) -> Vec<u8> {
        let mut udp = ports.map(u16::to_be_bytes).concat();
        udp.extend(((8 + data.len()) as u16).to_be_bytes());
        udp.extend([0, 0]);
        udp.extend(data);
        udp
    }

    const A: [u8; 4] = [192, 0, 2, 1];
    const B: [u8; 4] = [192, 0, 2, 2];

    fn senders(ends: SessionEnds, frames: &[Vec<u8>]) -> Vec<Sender> {
        let mut directions = Directions::new(ends);
        for frame in frames {
            directions.packet(ETHERNET, frame, frame.len() as u32);
        }
        directions.senders().to_vec()
    }

    fn between(ports: [u16; 2]) -> SessionEnds {
        SessionEnds::new([A.into(), B.into()], ports)
    }

    #[test]
    fn both_ways_and_neither() {
        let frames = [
            frame(A, B, 17, 0, &udp([5000, 53], b"x")),
            frame(B, A, 17, 0, &udp([53, 5000], b"x")),
            frame([192, 0, 2, 9], A, 17, 0, &udp([53, 5000], b"x")),
            frame(A, B, 17, 0, &udp([5001, 53], b"x")),
            vec![1, 2, 3],
        ];
        let expected =
            [Sender::Source, Sender::Destination, Sender::Unknown, Sender::Unknown, Sender::Unknown];
        assert_eq!(senders(between([5000, 53]), &frames), expected);
    }

    #[test]
    fn one_address_at_both_ends_goes_by_ports() {
        let ends = SessionEnds::new([A.into(), A.into()], [5000, 53]);
        let frames = [frame(A, A, 17, 0, &udp([5000, 53], b"")), frame(A, A, 17, 0, &udp([53, 5000], b""))];
        assert_eq!(senders(ends, &frames), [Sender::Source, Sender::Destination]);
    }

    #[test]
    fn a_packet_without_transport_goes_by_address() {
        let frames = [frame(B, A, 89, 0, &[0; 24]), frame(A, B, 89, 0, &[0; 24])];
        assert_eq!(senders(between([0, 0]), &frames), [Sender::Destination, Sender::Source]);
    }

    #[test]
    fn fragments_of_a_whole_datagram_go_by_its_ports() {
        let whole = udp([53, 5000], &[7; 24]);
        let ends = SessionEnds::new([A.into(), A.into()], [5000, 53]);
        // "More fragments" and offset 0, then offset 16 bytes.
        let first = frame(A, A, 17, 0x2000, &whole[..16]);
        let second = frame(A, A, 17, 2, &whole[16..]);
        assert_eq!(senders(ends, std::slice::from_ref(&first)), [Sender::Unknown]);
        assert_eq!(senders(ends, &[first, second]), [Sender::Destination, Sender::Destination]);
    }

    #[test]
    fn a_fragment_alone_goes_by_its_address() {
        assert_eq!(senders(between([5000, 53]), &[frame(B, A, 17, 2, &[7; 16])]), [Sender::Destination]);
    }

    #[test]
    fn what_a_dhcp_relay_gets_comes_from_the_server() {
        let mut message = vec![1, 1, 6, 0];
        message.resize(236, 0);
        message.extend([0x63, 0x82, 0x53, 0x63]);
        message.resize(300, 0);
        let frames =
            [frame(A, B, 17, 0, &udp([67, 67], &message)), frame(B, A, 17, 0, &udp([67, 67], &message))];
        assert_eq!(senders(between([67, 67]), &frames), [Sender::Source, Sender::Destination]);
        // A client has no address at first.
        let frames = [
            frame([0; 4], [255; 4], 17, 0, &udp([68, 67], &message)),
            frame(B, A, 17, 0, &udp([67, 68], &message)),
            frame(A, B, 17, 0, &udp([68, 4_011], &message)),
            frame(B, A, 17, 0, &udp([4_011, 68], &message)),
        ];
        use Sender::{Destination, Source};
        assert_eq!(senders(between([68, 67]), &frames), [Source, Destination, Source, Destination]);
    }

    #[test]
    fn a_tunnel_is_looked_into() {
        // GRE with an IPv4 packet of the session from its destination.
        let inner = frame(B, A, 17, 0, &udp([53, 5000], b"x"));
        let mut gre = vec![0, 0, 8, 0];
        gre.extend(&inner[14..]);
        assert_eq!(
            senders(between([5000, 53]), &[frame([10, 0, 0, 1], [10, 0, 0, 2], 47, 0, &gre)]),
            [Sender::Destination]
        );
    }
}
