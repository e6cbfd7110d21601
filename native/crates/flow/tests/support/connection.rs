//! Packets of TCP connections, as frames of raw IPv4.

pub const ACK: u8 = 16;
pub const SYN: u8 = 2;

/// A packet of connection `flow`, from its client or its server.
pub fn tcp(flow: u32, from_client: bool, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let (client, server) = ([&[10][..], &flow.to_be_bytes()[1..]].concat(), vec![192, 0, 2, 1]);
    let ends = if from_client { [client, server] } else { [server, client] };
    let ports: [u16; 2] = if from_client { [40_000, 80] } else { [80, 40_000] };
    let mut frame = vec![0x45, 0];
    frame.extend((40 + payload.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
    frame.extend(ends.concat());
    frame.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    frame.extend(sequence.to_be_bytes());
    frame.extend(0u32.to_be_bytes());
    frame.extend([0x50, flags, 4, 0, 0, 0, 0, 0]);
    frame.extend(payload);
    frame
}
