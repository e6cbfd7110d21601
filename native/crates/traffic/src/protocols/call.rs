//! Calls: speech and pictures in packets of a few milliseconds each (RTP, RFC 3550 section 5.1).

use super::Scene;
use crate::conversation::{Carrier, Message, Script};
use crate::random::Random;

/// Speech of 20 ms: G.711 µ-law, payload type 0, 8,000 samples a second (RFC 3551 section 4.5.14).
const SPEECH: (u8, usize, u32) = (0, 160, 160);
/// Part of a picture: a dynamic payload type, 90,000 ticks a second.
const PICTURE: (u8, u32) = (96, 1_800);

/// One direction of one medium.
struct Stream {
    kind: u8,
    sequence: u16,
    time: u32,
    source: u32,
}

impl Stream {
    fn new(kind: u8, random: &mut Random) -> Self {
        let start = random.bits();
        Self { kind, sequence: start as u16, time: (start >> 16) as u32, source: random.bits() as u32 }
    }
    /// The next packet, of `length` bytes that nobody can read; the clock goes on by `ticks`.
    fn packet(&mut self, length: usize, ticks: u32, random: &mut Random) -> Vec<u8> {
        let mut out = Vec::with_capacity(12 + length);
        out.extend_from_slice(&[0x80, self.kind]);
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&self.time.to_be_bytes());
        out.extend_from_slice(&self.source.to_be_bytes());
        random.fill(&mut out, length);
        self.sequence = self.sequence.wrapping_add(1);
        self.time = self.time.wrapping_add(ticks);
        out
    }
}

/// A call of 300 to `most` turns of 20 ms: both ends speak, and with `pictures` one shows something.
pub fn call(scene: &mut Scene<'_>, most: u32, pictures: bool) -> Script {
    let random = &mut *scene.random;
    let (kind, length, ticks) = SPEECH;
    let mut speech = [Stream::new(kind, random), Stream::new(kind, random)];
    let mut shown = Stream::new(PICTURE.0, random);
    let mut messages = Vec::new();
    for _ in 0..random.between(300, most) {
        messages.push(Message::client(speech[0].packet(length, ticks, random)).after(20_000));
        if pictures {
            let size = random.between(800, 1_200) as usize;
            messages.push(Message::client(shown.packet(size, PICTURE.1, random)).after(50));
        }
        messages.push(Message::server(speech[1].packet(length, ticks, random)).after(100));
    }
    let port = 16_384 + 2 * scene.random.below(8_192) as u16;
    scene.script(Carrier::Udp, port, messages)
}
