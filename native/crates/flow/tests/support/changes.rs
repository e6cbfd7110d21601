//! Changes to conversations: what loss, networks, captures that were cut, and attackers do.

use super::{Conversation, Packet, Random};

/// Bytes that a frame has at most after changes.
const MOST_BYTES: usize = 9_000;

/// Where the TCP header of an Ethernet frame without tags begins.
fn tcp_header(frame: &[u8]) -> Option<usize> {
    let at = match frame.get(12..14)? {
        [8, 0] if frame.get(23) == Some(&6) => 34,
        [0x86, 0xdd] if frame.get(20) == Some(&6) => 54,
        _ => return None,
    };
    (frame.len() >= at + 20).then_some(at)
}

fn number(frame: &[u8], at: usize) -> u32 {
    frame.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// Adds to the number at a place.
fn shift(frame: &mut [u8], at: usize, by: u32) {
    let shifted = number(frame, at).wrapping_add(by);
    if let Some(place) = frame.get_mut(at..at + 4) {
        place.copy_from_slice(&shifted.to_be_bytes());
    }
}

fn byte(random: &mut Random, frame: &mut [u8]) {
    let at = random.below(frame.len());
    let value = match random.below(3) {
        0 => random.pick(&[0, 1, 0x7f, 0x80, 0xff, b'\r', b'\n', b' ']),
        1 => frame.get(at).copied().unwrap_or(0) ^ 1 << random.below(8),
        _ => random.bits() as u8,
    };
    if let Some(place) = frame.get_mut(at) {
        *place = value;
    }
}

/// Flags, numbers and the window of a segment.
fn segment(random: &mut Random, frame: &mut [u8]) {
    let Some(at) = tcp_header(frame) else { return byte(random, frame) };
    match random.below(5) {
        0 => frame[at + 13] = random.bits() as u8,
        1 => frame[at + 13] ^= 1 << random.below(8),
        2 => {
            let by = random.pick(&[1, 7, 500, 1_448, 0xffff, 1 << 20, 1 << 30, 1 << 31]);
            shift(frame, at + 4, if random.one_in(2) { by } else { 0u32.wrapping_sub(by) });
        }
        3 => {
            let by = random.pick(&[1, 2, 3_000, 1 << 24, 1 << 31]);
            shift(frame, at + 8, if random.one_in(2) { by } else { 0u32.wrapping_sub(by) });
        }
        _ => frame[at + 14..at + 16].fill(0),
    }
}

/// The same segment again, begun some bytes earlier or later, and with other bytes.
fn overlapping(random: &mut Random, packet: &Packet) -> Packet {
    let mut again = packet.clone();
    if let Some(at) = tcp_header(&again.frame) {
        let by = random.below(100) as u32;
        shift(&mut again.frame, at + 4, if random.one_in(2) { by } else { 0u32.wrapping_sub(by) });
    }
    if random.one_in(2) {
        byte(random, &mut again.frame);
    }
    again
}

/// Makes the sequence numbers of both ends pass 2^32 within the conversation.
fn wrap(random: &mut Random, talk: &mut Conversation) {
    let Some((first, at)) = talk.iter().find_map(|packet| Some((packet, tcp_header(&packet.frame)?))) else {
        return;
    };
    let ports = first.frame[at..at + 4].to_vec();
    let left = 0u32.wrapping_sub(random.below(3_000) as u32);
    let by = left.wrapping_sub(number(&first.frame, at + 4));
    for packet in talk {
        if let Some(at) = tcp_header(&packet.frame) {
            let from_first = packet.frame[at..at + 4] == ports[..];
            shift(&mut packet.frame, at + if from_first { 4 } else { 8 }, by);
        }
    }
}

/// Changes a conversation in a few ways.
pub fn change(random: &mut Random, talk: &mut Conversation) {
    if random.one_in(4) {
        wrap(random, talk);
    }
    for _ in 0..random.below(7) {
        if talk.is_empty() {
            return;
        }
        let (at, other) = (random.below(talk.len()), random.below(talk.len()));
        match random.below(13) {
            0 | 1 => segment(random, &mut talk[at].frame),
            2 => byte(random, &mut talk[at].frame),
            3 => talk.swap(at, other),
            4 => drop(talk.remove(at)),
            5 => {
                let again = overlapping(random, &talk[at]);
                talk.insert(other, again);
            }
            6 => {
                let again = talk[at].clone();
                talk.insert(other, again);
            }
            // The capture kept less of it than there was.
            7 => {
                let packet = &mut talk[at];
                packet.frame.truncate(random.below(packet.frame.len()));
            }
            // All of a stretch comes backward.
            8 => talk[at.min(other)..at.max(other)].reverse(),
            9 => talk[at].wait_us = random.pick(&[-2_000_000, 0, 7_000_000, 70_000_000, 900_000_000]),
            10 => {
                let half = talk[other].frame.len() / 2;
                let tail = talk[other].frame.split_off(half);
                let packet = &mut talk[at];
                packet.frame.extend(tail);
                packet.frame.truncate(MOST_BYTES);
                packet.original_length = packet.frame.len() as u32;
            }
            // The connection begins again on the same ports.
            11 => {
                let first = talk[..talk.len().min(3)].to_vec();
                talk.splice(at..at, first);
            }
            // Begins in the middle.
            _ => drop(talk.drain(..at / 2)),
        }
    }
}
