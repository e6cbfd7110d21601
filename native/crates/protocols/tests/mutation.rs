//! Changed conversations: cut, flipped, repeated, spliced, split anywhere, with gaps. No dissector may panic, hang or
//! keep more than it says.

mod support;

use lookback_protocols::{Registry, SessionFacts};
use support::seeds::{self, Conversation};
use support::{Player, corpus_settings};

/// Cases a dissector.
const CASES: u32 = 200_000;

/// A small generator with a fixed seed (xorshift64*), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit.max(1)
    }
    fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }
}

fn change(random: &mut Random, talk: &mut Conversation) {
    for _ in 0..random.below(6) {
        let index = random.below(talk.len());
        let other = talk[random.below(talk.len())].1.clone();
        let (direction, data) = &mut talk[index];
        let at = random.below(data.len() + 1);
        match random.below(9) {
            0 | 1 => {
                if let Some(byte) = data.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            2 => {
                if let Some(byte) = data.get_mut(at) {
                    *byte = [0, 1, 0x7f, 0x80, 0xff, b'\n', b' '][random.below(7)];
                }
            }
            3 => data.truncate(at),
            4 => {
                let tail = data.split_off(at);
                data.extend(&other[..random.below(other.len() + 1)]);
                data.extend(tail);
            }
            5 => {
                let piece: Vec<u8> = data[at..].to_vec();
                for _ in 0..random.below(20) {
                    data.extend(&piece);
                }
                data.truncate(100_000);
            }
            6 => {
                data.drain(..at);
            }
            7 => *direction ^= 1,
            _ => {
                let filler = data.get(at).copied().unwrap_or(b'a');
                let most = if random.one_in(50) { 70_000 } else { 300 };
                let count = random.below(most);
                data.splice(at..at, std::iter::repeat_n(filler, count));
            }
        }
    }
}

fn run(seed: u64, ip_protocol: u8, port: u16, seeds: &[Conversation]) {
    let settings = corpus_settings();
    let registry = Registry::new(&settings);
    let mut random = Random(seed);
    for _ in 0..CASES {
        let mut talk = seeds[random.below(seeds.len())].clone();
        change(&mut random, &mut talk);
        let facts = SessionFacts { ip_protocol, port: [50_000, port], first_packet_us: 0, now_us: 0 };
        let mut player = Player::new(&registry, &settings, facts);
        for (direction, data) in &talk {
            let mut rest = data.as_slice();
            while !rest.is_empty() {
                let count = match random.below(4) {
                    0 => 1,
                    1 => 1 + random.below(8),
                    _ => 1 + random.below(rest.len()),
                };
                // One-byte pieces of a long filler only cost time.
                let count = if ip_protocol == 17 { rest.len() } else { count.max(rest.len() / 64) };
                let (piece, after) = rest.split_at(count.min(rest.len()));
                if ip_protocol == 6 && random.one_in(60) {
                    player.gap(*direction, piece.len() as u64 + random.below(3) as u64);
                } else {
                    player.payload(*direction, piece);
                }
                rest = after;
            }
        }
        player.end();
    }
}

#[test]
fn http() {
    run(1, 6, 80, &seeds::http());
}

#[test]
fn dns_datagrams() {
    run(2, 17, 53, &seeds::dns());
}

#[test]
fn dns_stream() {
    run(3, 6, 53, &seeds::dns_stream());
}

#[test]
fn tls() {
    run(4, 6, 443, &seeds::tls());
}

#[test]
fn dtls() {
    run(5, 17, 4433, &seeds::dtls());
}

#[test]
fn socks() {
    run(6, 6, 1080, &seeds::socks());
}

#[test]
fn starttls() {
    run(7, 6, 25, &seeds::starttls());
}

/// Beginnings of every magic under every port that a classifier looks at, then noise.
#[test]
fn classifiers() {
    use lookback_protocols::{PROTOCOLS, Trigger};
    let settings = corpus_settings();
    let registry = Registry::new(&settings);
    let mut random = Random(8);
    let triggers: Vec<_> =
        PROTOCOLS.iter().flat_map(|protocol| protocol.classifiers).map(|c| c.trigger).collect();
    for _ in 0..CASES {
        let mut data: Vec<u8> =
            (0..random.below(120)).map(|_| if random.one_in(3) { 0 } else { random.next() as u8 }).collect();
        let (mut ip_protocol, mut port) = (6, 0);
        for trigger in [triggers[random.below(triggers.len())], triggers[random.below(triggers.len())]] {
            match trigger {
                Trigger::TcpMagic { offset, bytes } | Trigger::UdpMagic { offset, bytes } => {
                    let end = offset + bytes.len();
                    data.resize(data.len().max(end), 0);
                    data[offset..end].copy_from_slice(bytes);
                    if matches!(trigger, Trigger::UdpMagic { .. }) {
                        ip_protocol = 17;
                    }
                }
                Trigger::TcpPort(number) => port = number,
                Trigger::UdpPort(number) => (ip_protocol, port) = (17, number),
                _ => {}
            }
        }
        data.truncate(random.below(data.len() + 1));
        let facts = SessionFacts { ip_protocol, port: [50_000, port], first_packet_us: 0, now_us: 0 };
        let mut player = Player::new(&registry, &settings, facts);
        player.payload(random.below(2), &data);
        player.payload(random.below(2), &data);
        player.end();
    }
}
