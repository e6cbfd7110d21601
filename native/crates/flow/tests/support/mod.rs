//! What tests of whole conversations share: random numbers, conversations to start from, and ways to change them.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod changes;
pub mod connection;

pub use lookback_cost::Random;
use lookback_traffic::capture_file::Format;
use lookback_traffic::mix::{self, Mix, Plan};
use lookback_wire::{Decoded, FlowKey, SessionIdTracking, decode, link_type};
use std::collections::HashMap;

/// A frame, the time since the one before, and the bytes that it had on the wire.
#[derive(Clone, Debug)]
pub struct Packet {
    pub frame: Vec<u8>,
    pub wait_us: i64,
    pub original_length: u32,
}

impl Packet {
    pub fn of(frame: Vec<u8>, wait_us: i64) -> Self {
        Self { original_length: frame.len() as u32, frame, wait_us }
    }
}

/// The packets of one session.
pub type Conversation = Vec<Packet>;

/// Most packets of a conversation to start from.
const MOST_PACKETS: usize = 24;

fn word(file: &[u8], at: usize) -> Option<u32> {
    file.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The conversations of a generated capture, each as far as its first packets go.
pub fn generated(mix: Mix, size: u64) -> Vec<Conversation> {
    let mut file = Vec::new();
    mix::write(&Plan { mix, size, seed: 11, format: Format::Pcap, days: None }, &mut file).expect("room");
    let mut conversations: Vec<(i64, Conversation)> = Vec::new();
    let mut numbers = HashMap::new();
    let mut decoded = Decoded::default();
    let mut at = 24;
    while let (Some(seconds), Some(micros), Some(length)) =
        (word(&file, at), word(&file, at + 4), word(&file, at + 8))
    {
        let frame = &file[at + 16..at + 16 + length as usize];
        at += 16 + length as usize;
        decode(link_type::ETHERNET, frame, length, &mut decoded).expect("a frame");
        let key = FlowKey::of(&decoded, SessionIdTracking::None);
        let now = i64::from(seconds) * 1_000_000 + i64::from(micros);
        let number = *numbers.entry(key).or_insert_with(|| {
            conversations.push((now, Vec::new()));
            conversations.len() - 1
        });
        let (before, packets) = &mut conversations[number];
        if packets.len() < MOST_PACKETS {
            packets.push(Packet::of(frame.to_vec(), now - *before));
            *before = now;
        }
    }
    conversations.into_iter().map(|(_, packets)| packets).collect()
}

fn ip_packet(protocol: u8, from_client: bool, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
    frame.extend((20 + body.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0, 0, 64, protocol, 0, 0]);
    let ends = [[10, 0, 0, 1], [192, 0, 2, 1]];
    frame.extend(if from_client { ends.concat() } else { [ends[1], ends[0]].concat() });
    frame.extend(body);
    frame
}

/// Kinds of sessions that the generator does not make: SCTP, ESP, DHCP, and an unknown one.
pub fn made_by_hand() -> Vec<Conversation> {
    let chunk = |kind: u8, flags: u8, body: &[u8]| {
        let length = (4 + body.len()) as u16;
        let mut chunk = [&[kind, flags][..], &length.to_be_bytes(), body].concat();
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        chunk
    };
    let data = |text: &[u8]| chunk(0, 3, &[&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 46][..], text].concat());
    let sctp = |ports: [u16; 2], chunks: &[u8]| {
        [&ports[0].to_be_bytes()[..], &ports[1].to_be_bytes(), &[0, 0, 0, 9, 0, 0, 0, 0], chunks].concat()
    };
    let dhcp = |operation: u8, ports: [u16; 2]| {
        let mut message = vec![operation, 1, 6, 0, 1, 2, 3, 4];
        message.resize(28, 0);
        message.extend([2, 0, 0, 0, 0, 7]);
        message.resize(236, 0);
        message.extend([0x63, 0x82, 0x53, 0x63, 53, 1, operation, 255]);
        let length = (8 + message.len()) as u16;
        [&ports[0].to_be_bytes()[..], &ports[1].to_be_bytes(), &length.to_be_bytes(), &[0, 0], &message]
            .concat()
    };
    let of = |frames: Vec<Vec<u8>>| frames.into_iter().map(|frame| Packet::of(frame, 900)).collect();
    vec![
        of(vec![
            ip_packet(132, true, &sctp([5_000, 3_868], &chunk(1, 0, &[7; 16]))),
            ip_packet(132, false, &sctp([3_868, 5_000], &chunk(2, 0, &[8; 16]))),
            ip_packet(
                132,
                true,
                &sctp([5_000, 3_868], &[data(b"GET / HTTP/1.1\r\n\r\n"), data(b"ab")].concat()),
            ),
            ip_packet(132, false, &sctp([3_868, 5_000], &data(b"HTTP/1.1 200 OK\r\n\r\nok"))),
        ]),
        of((0..4)
            .map(|number| ip_packet(50, number % 2 == 0, &[0, 0, 1, 0, 0, 0, 0, number, 5, 5]))
            .collect()),
        of(vec![
            ip_packet(17, true, &dhcp(1, [68, 67])),
            ip_packet(17, false, &dhcp(2, [67, 68])),
            ip_packet(17, true, &dhcp(1, [68, 67])),
        ]),
        of((0..3).map(|number| ip_packet(89, number % 2 == 0, &[number; 24])).collect()),
    ]
}
