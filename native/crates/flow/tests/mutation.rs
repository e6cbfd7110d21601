//! Changed conversations through decoding, reassembly, the table and the dissectors: no panic, nothing lost or counted
//! twice, and for each packet bounded time and memory.

mod support;

use lookback_cost::{Cost, Limit, Meter, hold};
use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_protocols::Settings;
use lookback_session::{PacketPosition, Session};
use lookback_traffic::mix::Mix;
use lookback_wire::{
    Addition, Decoded, DefragmentLimits, Defragmenter, FlowKind, SessionIdTracking, decode,
    decode_reassembled, link_type,
};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use support::changes::change;
use support::{Conversation, Packet, Random, generated, made_by_hand};

/// Conversations, over all tests here.
const CASES: usize = 200_000;
/// Conversations that meet in one table.
const ROUND: usize = 40;
/// Those that are on their way at a time.
const AT_A_TIME: usize = 6;

/// Of one packet: a block of flows (326 KB) with what a hash table of them, digests and rows take when they grow.
const PACKET: Limit = Limit { time: Duration::from_millis(1), bytes: 512 << 10 };
/// Most that a table may hold here, whose flows may hold 1 MiB.
const HELD: u64 = 2 << 20;

/// A stream of packets on its way into a table.
struct Stream {
    table: FlowTable,
    defragmenter: Defragmenter,
    decoded: Decoded,
    settings: FlowSettings,
    now_us: i64,
    clock_s: i64,
    ordinal: u64,
    /// Packets given to the table, of those ESP, and payload bytes.
    given: u64,
    esp: u64,
    payload: u64,
    rows: Vec<Row>,
}

/// What is checked of a row.
struct Row {
    id: [u8; 16],
    root: [u8; 16],
    version: u32,
    is_final: bool,
    packets: u64,
    data_bytes: u64,
    positions: usize,
}

impl Row {
    fn of(row: &Session) -> Self {
        Self {
            id: row.id,
            root: row.root_id,
            version: row.row_version,
            is_final: row.is_final,
            packets: row.packets.iter().sum(),
            data_bytes: row.data_bytes.iter().sum(),
            positions: row.positions.to_vec().len(),
        }
    }
}

/// Settings under which bounds are met, and every kind of row comes.
fn settings(random: &mut Random) -> FlowSettings {
    let everything = random.one_in(2);
    FlowSettings {
        tracking: random.pick(&[SessionIdTracking::None, SessionIdTracking::Vlan]),
        track_esp: random.one_in(2),
        tcp_save_timeout: random.pick(&[10, 480]),
        max_packets: random.pick(&[3, 10_000]),
        max_flows: random.pick(&[1, 5, 1_000]),
        max_held_bytes: random.pick(&[20_000, 1 << 20]),
        max_out_of_order: random.pick(&[2, 256]),
        max_waiting_body_bytes: random.pick(&[0, 64 << 10, 32 << 20]),
        open_rows_after: random.pick(&[None, Some(0), Some(10)]),
        dissectors: Settings {
            sha256: everything,
            query_string_values: everything,
            cookie_values: everything,
            http_request_headers: everything,
            http_response_headers: everything,
            dns_all_records: everything,
            ja3_strings: everything,
            ja4_raw: everything,
            ..Settings::default()
        },
        ..FlowSettings::default()
    }
}

impl Stream {
    fn new(settings: FlowSettings) -> Self {
        Self {
            table: FlowTable::new(settings.clone(), [7; 16]),
            defragmenter: Defragmenter::new(DefragmentLimits {
                datagrams: 10,
                timeout_s: 30,
                bytes: 1 << 16,
            }),
            decoded: Decoded::default(),
            settings,
            now_us: 1_700_000_000_000_000,
            clock_s: 1_700_000_000,
            ordinal: 0,
            given: 0,
            esp: 0,
            payload: 0,
            rows: Vec::new(),
        }
    }

    fn packet(&mut self, meter: &mut Meter, packet: &Packet) {
        self.now_us += packet.wait_us;
        let clock_before_s = self.clock_s;
        self.clock_s = self.clock_s.max(self.now_us.div_euclid(1_000_000));
        self.ordinal += 1;
        let is_new = meter.measure(|| self.add(&packet.frame, packet.original_length, clock_before_s));
        if is_new {
            self.given += 1;
            self.esp += u64::from(self.decoded.kind == FlowKind::Esp && !self.settings.track_esp);
            self.payload += u64::from(self.decoded.payload_end - self.decoded.payload_start);
        }
        assert!(self.table.open_flows() <= self.settings.max_flows);
        assert!(self.table.held_bytes() <= self.settings.max_held_bytes, "{}", self.table.held_bytes());
    }

    /// Decodes a frame and adds it to its session. Whether it was one: fragments wait for others.
    fn add(&mut self, frame: &[u8], original_length: u32, clock_before_s: i64) -> bool {
        decode(link_type::ETHERNET, frame, original_length, &mut self.decoded).expect("no frame is so large");
        let mut joined = None;
        if self.decoded.fragment.is_some() {
            match self.defragmenter.add(frame, &self.decoded, self.clock_s, self.ordinal) {
                Addition::Complete(whole) => {
                    decode_reassembled(&whole.frame, &whole.fragment, &mut self.decoded).expect("no larger");
                    joined = Some(whole.frame);
                }
                Addition::Held | Addition::Refused => return false,
            }
        }
        let frame = joined.as_deref().unwrap_or(frame);
        self.table.packet(&PacketFacts {
            frame,
            decoded: &self.decoded,
            timestamp_ns: self.now_us * 1_000,
            clock_s: self.clock_s,
            clock_before_s,
            link_type: link_type::ETHERNET,
            captured_length: frame.len() as u32,
            original_length,
            truncated: (frame.len() as u32) < original_length,
            ordinal: self.ordinal,
            position: PacketPosition {
                file: 1,
                length: frame.len() as u32 + 16,
                offset: self.ordinal * 10_000,
            },
            origin: 0,
            earlier: &[],
        });
        true
    }

    fn take_rows(&mut self, meter: &mut Meter) {
        let rows = std::mem::take(self.table.saved());
        self.rows.extend(rows.iter().map(Row::of));
        meter.beside(|| drop(rows));
    }

    /// Closes what is open; all that came must be in rows by then.
    fn end(mut self, meter: &mut Meter) -> u64 {
        for at in self.table.remaining() {
            meter.measure(|| self.table.close(at));
        }
        assert_eq!((self.table.open_flows(), self.table.held_bytes()), (0, 0));
        self.take_rows(meter);
        let counters = self.table.counters().clone();
        meter.beside(|| drop(self.table));
        meter.beside(|| drop(self.defragmenter));

        assert_eq!(counters.dissector_failures, 0);
        assert_eq!((counters.packets, counters.packets_by_rule), (self.given - self.esp, self.esp));
        let last: Vec<&Row> = self.rows.iter().filter(|row| row.is_final).collect();
        assert_eq!((counters.saved, counters.rows_by_rule), (last.len() as u64, 0));
        let sessions: HashSet<[u8; 16]> = self.rows.iter().map(|row| row.root).collect();
        assert_eq!(counters.opened, sessions.len() as u64, "each session that was opened has rows");
        assert_eq!(
            last.iter().map(|row| row.packets).sum::<u64>(),
            counters.packets,
            "each packet is in one row"
        );
        let positions = last.iter().map(|row| row.positions as u64).sum::<u64>();
        // Of ESP only the first is stored.
        assert!(positions == counters.packets || (self.settings.track_esp && positions < counters.packets));
        let data_bytes = last.iter().map(|row| row.data_bytes).sum::<u64>();
        assert!(data_bytes <= self.payload, "{data_bytes} bytes of {}", self.payload);
        let finals: HashMap<[u8; 16], u32> = last.iter().map(|row| (row.id, row.version)).collect();
        assert_eq!(finals.len(), last.len(), "one final row each");
        for row in self.rows.iter().filter(|row| !row.is_final) {
            assert!(
                finals.get(&row.id).is_some_and(|version| *version > row.version),
                "the last row is the final one"
            );
        }
        counters.packets
    }
}

/// Plays changed conversations, several at a time, into one table.
fn round(meter: &mut Meter, seed: u64, seeds: &[Conversation]) -> u64 {
    let mut random = Random(seed);
    let settings = settings(&mut random);
    let mut stream = meter.beside(|| Stream::new(settings));
    let mut talking: Vec<std::vec::IntoIter<Packet>> = Vec::new();
    let mut begun = 0;
    loop {
        while begun < ROUND && talking.len() < AT_A_TIME {
            let mut talk = seeds[random.below(seeds.len())].clone();
            change(&mut random, &mut talk);
            talking.push(talk.into_iter());
            begun += 1;
        }
        if talking.is_empty() {
            break;
        }
        let at = random.below(talking.len());
        match talking[at].next() {
            Some(packet) => stream.packet(meter, &packet),
            None => drop(talking.swap_remove(at)),
        }
        if random.one_in(20) {
            let clock_s = stream.clock_s;
            meter.measure(|| stream.table.save_open(clock_s, 3));
            meter.measure(|| stream.table.expire(clock_s, 3));
            stream.table.unwritten_since_us();
        }
        if stream.table.saved().len() > 50 {
            stream.take_rows(meter);
        }
    }
    stream.end(meter)
}

fn play(name: &str, seed: u64, cases: usize, seeds: &[Conversation]) {
    let mut most = Cost::default();
    let mut packets = 0;
    for number in 0..cases.div_ceil(ROUND) {
        let (played, cost) = hold(PACKET, |meter| round(meter, seed ^ (number as u64) << 20, seeds));
        packets += played;
        most = most.max(cost);
    }
    println!("{name}: {packets} packets, {most:?}");
    assert!(most.held <= HELD, "{most:?}");
    // Changes that leave nothing of a conversation would test nothing.
    assert!(packets > 3 * cases as u64, "{packets}");
}

#[test]
fn changed_conversations_of_many_protocols() {
    let mut seeds = generated(Mix::Flow, 300_000);
    seeds.extend(made_by_hand());
    play("many protocols", 1, CASES / 2, &seeds);
}

#[test]
fn changed_beginnings_of_large_downloads() {
    play("downloads", 2, CASES / 2, &generated(Mix::Bulk, 12_000_000));
}
