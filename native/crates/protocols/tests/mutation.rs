//! Changed conversations: cut, flipped, repeated, spliced, split anywhere, with gaps. No dissector may panic, hang, keep
//! more than it says, or take longer for one payload than a packet may.

mod support;

use lookback_cost::{Cost, Limit, Meter, hold};
use lookback_protocols::{Registry, SessionFacts, Settings};
use std::time::Duration;
use support::seeds::{self, Conversation};
use support::{Player, corpus_settings};

/// Cases a dissector.
const CASES: usize = 200_000;
/// Cases that are played together, and again when one of them is slow.
const ROUND: usize = 200;
/// Of one payload, which is at most what one packet carries.
const PAYLOAD: Limit = Limit { time: Duration::from_millis(1), bytes: 512 << 10 };
/// Longest payload of a packet.
const LONGEST: usize = 65_495;
/// Most that one session may hold, its fields and what waits to be hashed.
const HELD: u64 = 1 << 20;

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

/// Plays all cases in rounds; what takes too long is played again.
fn play(name: &str, seed: u64, mut case: impl FnMut(&mut Meter, &mut Random)) {
    let mut most = Cost::default();
    for round in 0..CASES / ROUND {
        let ((), cost) = hold(PAYLOAD, |meter| {
            let mut random = Random(seed << 32 | (round as u64 + 1));
            (0..ROUND).for_each(|_| case(meter, &mut random));
        });
        most = most.max(cost);
    }
    println!("{name}: {most:?}");
    assert!(most.held <= HELD, "{most:?}");
}

fn run(name: &str, seed: u64, ip_protocol: u8, port: u16, seeds: &[Conversation]) {
    let settings = corpus_settings();
    let registry = Registry::new(&settings);
    play(name, seed, |meter, random| {
        let mut talk = seeds[random.below(seeds.len())].clone();
        change(random, &mut talk);
        let mut player = begin(meter, &registry, &settings, ip_protocol, port);
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
                let (piece, after) = rest.split_at(count.min(rest.len()).min(LONGEST));
                if ip_protocol == 6 && random.one_in(60) {
                    let bytes = piece.len() as u64 + random.below(3) as u64;
                    meter.measure(|| player.gap(*direction, bytes));
                } else {
                    meter.measure(|| player.payload(*direction, piece));
                }
                rest = after;
            }
        }
        meter.measure(|| player.end());
        meter.beside(|| drop(player));
    });
}

fn begin<'a>(
    meter: &mut Meter,
    registry: &'a Registry,
    settings: &'a Settings,
    ip_protocol: u8,
    port: u16,
) -> Player<'a> {
    let facts = SessionFacts { ip_protocol, port: [50_000, port], first_packet_us: 0, now_us: 0 };
    meter.beside(|| Player::new(registry, settings, facts))
}

#[test]
fn http() {
    run("http", 1, 6, 80, &seeds::http());
}

#[test]
fn dns_datagrams() {
    run("dns_datagrams", 2, 17, 53, &seeds::dns());
}

#[test]
fn dns_stream() {
    run("dns_stream", 3, 6, 53, &seeds::dns_stream());
}

#[test]
fn tls() {
    run("tls", 4, 6, 443, &seeds::tls());
}

#[test]
fn dtls() {
    run("dtls", 5, 17, 4433, &seeds::dtls());
}

#[test]
fn socks() {
    run("socks", 6, 6, 1080, &seeds::socks());
}

#[test]
fn starttls() {
    run("starttls", 7, 6, 25, &seeds::starttls());
}

/// Beginnings of every magic under every port that a classifier looks at, then noise.
#[test]
fn classifiers() {
    use lookback_protocols::{PROTOCOLS, Trigger};
    let settings = corpus_settings();
    let registry = Registry::new(&settings);
    let triggers: Vec<_> =
        PROTOCOLS.iter().flat_map(|protocol| protocol.classifiers).map(|c| c.trigger).collect();
    play("classifiers", 8, |meter, random| {
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
        let mut player = begin(meter, &registry, &settings, ip_protocol, port);
        meter.measure(|| player.payload(random.below(2), &data));
        meter.measure(|| player.payload(random.below(2), &data));
        meter.measure(|| player.end());
        meter.beside(|| drop(player));
    });
}
