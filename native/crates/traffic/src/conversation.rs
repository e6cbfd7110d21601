//! How what two ends say becomes packets.

use crate::frame::{self, ACK, FIN, PSH, RST, SYN, TcpHeader};
use crate::hosts::Ends;
use crate::random::Random;

/// Payload bytes of a full TCP segment: 1500 less the IPv4 and TCP headers with timestamps.
const SEGMENT: usize = 1448;
/// Bytes that large bodies are taken from, at a random place each.
const POOL: usize = 4 << 20;
/// Longest body that a [`Message`] can take from the pool.
pub const MAX_BODY: u32 = (POOL / 2) as u32;

/// What one end says before the other's turn.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Said by the client.
    pub from_client: bool,
    /// Time that passes before it is said, beside that on the way, microseconds.
    pub pause_us: u32,
    /// First bytes.
    pub head: Vec<u8>,
    /// Place in the pool and length of further bytes, at most [`MAX_BODY`].
    pub body: (u32, u32),
}

impl Message {
    /// The client says `head`.
    pub fn client(head: impl Into<Vec<u8>>) -> Self {
        Self { from_client: true, pause_us: 200, head: head.into(), body: (0, 0) }
    }
    /// The server says `head`.
    pub fn server(head: impl Into<Vec<u8>>) -> Self {
        Self { from_client: false, pause_us: 900, head: head.into(), body: (0, 0) }
    }
    /// The same after a longer pause.
    pub fn after(mut self, pause_us: u32) -> Self {
        self.pause_us = pause_us;
        self
    }
    /// The same with `length` bytes of the pool behind the head.
    pub fn with_body(mut self, random: &mut Random, length: u32) -> Self {
        let length = length.min(MAX_BODY);
        self.body = (random.below(POOL as u32 - length), length);
        self
    }
    fn len(&self) -> usize {
        self.head.len() + self.body.1 as usize
    }
}

/// What carries a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// TCP, closed by FIN.
    Tcp,
    /// TCP, closed by the client's RST.
    TcpReset,
    /// UDP, a datagram a message.
    Udp,
    /// ICMP echo, a packet a message.
    Icmp,
    /// ARP, a packet a message (without bytes).
    Arp,
}

/// A conversation before it is carried.
#[derive(Clone, Debug)]
pub struct Script {
    /// What carries it.
    pub carrier: Carrier,
    /// Who talks.
    pub ends: Ends,
    /// What they say, in turn.
    pub messages: Vec<Message>,
}

/// How a network carries conversations.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// Of 10,000 data segments, those sent twice, and those that arrive after their successor.
    pub disorder: u32,
}

/// One packet to come.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// After the start of the conversation, microseconds.
    at_us: u32,
    sequence: u32,
    acknowledgement: u32,
    message: u32,
    start: u32,
    length: u16,
    flags: u8,
    from_client: bool,
}

/// The bytes that large bodies are taken from.
pub struct Pool(Vec<u8>);

impl Pool {
    /// A pool for `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Random::new(seed).bytes(POOL))
    }
}

/// A conversation on its way: a script with a time for each of its packets.
pub struct Conversation {
    script: Script,
    steps: Vec<Step>,
    next: usize,
    start_us: u64,
    identification: u16,
    clock: [u32; 2],
}

impl Conversation {
    /// Carries `script` from `start_us` (microseconds since 1970).
    pub fn new(script: Script, start_us: u64, network: Network, random: &mut Random) -> Self {
        let mut steps = match script.carrier {
            Carrier::Tcp | Carrier::TcpReset => Tcp::new(random).carry(&script),
            Carrier::Udp | Carrier::Icmp | Carrier::Arp => datagrams(&script, random),
        };
        if matches!(script.carrier, Carrier::Tcp) && network.disorder > 0 {
            disturb(&mut steps, network, random);
        }
        let clock = [random.bits() as u32 >> 4, random.bits() as u32 >> 4];
        Self { script, steps, next: 0, start_us, identification: random.bits() as u16, clock }
    }

    /// Time of the next packet, if there is one.
    pub fn due(&self) -> Option<u64> {
        self.steps.get(self.next).map(|step| self.start_us + u64::from(step.at_us))
    }

    /// Appends the next packet to `out`.
    pub fn write(&mut self, pool: &Pool, out: &mut Vec<u8>) {
        let Some(step) = self.steps.get(self.next).copied() else { return };
        self.next += 1;
        let identification = self.identification.wrapping_add(self.next as u16);
        let Ends { client, server } = &self.script.ends;
        let ends = if step.from_client { [client, server] } else { [server, client] };
        let message = self.script.messages.get(step.message as usize);
        let reply = !step.from_client;
        match self.script.carrier {
            Carrier::Tcp | Carrier::TcpReset => {
                let now = step.at_us / 1_000;
                let [own, other] = if step.from_client { [0, 1] } else { [1, 0] }
                    .map(|end| self.clock[end].wrapping_add(now));
                let timestamps = [own, if step.flags == SYN { 0 } else { other }];
                let header = TcpHeader {
                    sequence: step.sequence,
                    acknowledgement: step.acknowledgement,
                    flags: step.flags,
                    timestamps,
                };
                let length = usize::from(step.length);
                frame::tcp(out, ends, &header, identification, length, |out| {
                    if let Some(message) = message {
                        copy(message, pool, step.start as usize, length, out);
                    }
                });
            }
            Carrier::Udp => {
                frame::udp(out, ends, identification, message.map_or(&[], |message| &message.head))
            }
            Carrier::Icmp => {
                let number = 1 + (step.message / 2) as u16;
                let payload = message.map_or(&[][..], |message| &message.head);
                frame::icmp_echo(out, ends, reply, self.clock[0] as u16, number, payload);
            }
            Carrier::Arp => frame::arp(out, ends, reply),
        }
    }
}

/// Appends `length` bytes of `message` from `start`.
fn copy(message: &Message, pool: &Pool, start: usize, length: usize, out: &mut Vec<u8>) {
    let end = start + length;
    let head = message.head.len();
    out.extend_from_slice(&message.head[start.min(head)..end.min(head)]);
    let place = message.body.0 as usize;
    out.extend_from_slice(&pool.0[place + start.saturating_sub(head)..place + end.saturating_sub(head)]);
}

fn datagrams(script: &Script, random: &mut Random) -> Vec<Step> {
    let round_trip = random.between(200, 40_000);
    let mut at_us = 0;
    let step = |(number, message): (usize, &Message)| {
        let way = if number == 0 || message.from_client { 0 } else { round_trip };
        at_us += if number == 0 { 0 } else { message.pause_us + way };
        Step {
            at_us,
            sequence: 0,
            acknowledgement: 0,
            message: number as u32,
            start: 0,
            length: 0,
            flags: 0,
            from_client: message.from_client,
        }
    };
    script.messages.iter().enumerate().map(step).collect()
}

/// A TCP connection as a capture near the client sees it.
struct Tcp {
    /// Next sequence number of client and server.
    sequence: [u32; 2],
    round_trip_us: u32,
    /// Between two full segments of one flight.
    gap_us: u32,
    /// Full segments that one acknowledgement answers; receivers that merge segments answer few.
    merged: u32,
    at_us: u32,
    steps: Vec<Step>,
}

const CLIENT: usize = 0;
const SERVER: usize = 1;

impl Tcp {
    fn new(random: &mut Random) -> Self {
        Self {
            sequence: [random.bits() as u32, random.bits() as u32],
            round_trip_us: random.between(400, 60_000),
            gap_us: random.between(12, 240),
            merged: random.pick(&[2, 4, 8, 16]),
            at_us: 0,
            steps: Vec::new(),
        }
    }

    fn step(&mut self, end: usize, flags: u8, message: usize, start: usize, length: usize) {
        let other = 1 - end;
        self.steps.push(Step {
            at_us: self.at_us,
            sequence: self.sequence[end],
            acknowledgement: if flags & ACK == 0 { 0 } else { self.sequence[other] },
            message: message as u32,
            start: start as u32,
            length: length as u16,
            flags,
            from_client: end == CLIENT,
        });
        let phantom = u32::from(flags & (SYN | FIN) != 0);
        self.sequence[end] = self.sequence[end].wrapping_add(length as u32 + phantom);
    }

    fn bare(&mut self, end: usize, flags: u8) {
        self.step(end, flags, usize::MAX >> 32, 0, 0);
    }

    fn carry(mut self, script: &Script) -> Vec<Step> {
        self.bare(CLIENT, SYN);
        self.at_us += self.round_trip_us;
        self.bare(SERVER, SYN | ACK);
        self.at_us += 30;
        self.bare(CLIENT, ACK);
        let mut last = CLIENT;
        for (number, message) in script.messages.iter().enumerate() {
            let end = if message.from_client { CLIENT } else { SERVER };
            // The other's last word is on its way before this end can answer.
            self.at_us +=
                message.pause_us + if end == SERVER && last == CLIENT { self.round_trip_us } else { 0 };
            self.say(end, number, message.len());
            last = end;
        }
        self.at_us += 500;
        if script.carrier == Carrier::TcpReset {
            self.bare(CLIENT, RST | ACK);
            return self.steps;
        }
        self.bare(CLIENT, FIN | ACK);
        self.at_us += self.round_trip_us;
        self.bare(SERVER, FIN | ACK);
        self.at_us += 25;
        self.bare(CLIENT, ACK);
        self.steps
    }

    fn say(&mut self, end: usize, number: usize, length: usize) {
        let mut start = 0;
        let mut unacknowledged = 0;
        while start < length {
            let size = SEGMENT.min(length - start);
            let last = start + size == length;
            self.step(end, if last { PSH | ACK } else { ACK }, number, start, size);
            start += size;
            unacknowledged += 1;
            if unacknowledged == self.merged && !last {
                self.at_us += 8;
                self.bare(1 - end, ACK);
                unacknowledged = 0;
            }
            self.at_us += self.gap_us;
        }
        // A short word is acknowledged with the answer to it, a longer one before.
        if length > SEGMENT {
            self.bare(1 - end, ACK);
        }
    }
}

/// Sends some data segments twice and lets some arrive late, without a change to what the ends receive.
fn disturb(steps: &mut Vec<Step>, network: Network, random: &mut Random) {
    let mut again = Vec::new();
    for at in 3..steps.len().saturating_sub(4) {
        let (before, after) = steps.split_at_mut(at + 1);
        let (Some(step), Some(follower)) = (before.last_mut(), after.first_mut()) else { continue };
        if step.length == 0 {
            continue;
        }
        let draw = random.below(20_000);
        if draw < network.disorder {
            again.push(Step { at_us: step.at_us + 1_000, ..*step });
        } else if draw < 2 * network.disorder
            && follower.length > 0
            && follower.from_client == step.from_client
        {
            std::mem::swap(&mut step.at_us, &mut follower.at_us);
        }
    }
    let end = steps.last().map_or(0, |step| step.at_us);
    steps.extend(again.into_iter().filter(|step| step.at_us < end));
    steps.sort_by_key(|step| step.at_us);
}
