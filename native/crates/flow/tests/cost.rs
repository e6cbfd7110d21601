//! Traffic that is made to cost: no packet takes a millisecond, nor memory beyond its bound.

mod support;

use lookback_cost::{Cost, Limit, Meter, hold};
use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::PacketPosition;
use lookback_wire::{Decoded, decode, link_type};
use std::time::Duration;
use support::connection::{ACK, SYN, tcp};

/// Of one packet: a block of flows (326 KB), and what vectors take when they grow.
const LIMIT: Limit = Limit { time: Duration::from_millis(1), bytes: 1 << 20 };

const RST: u8 = 4;

/// A table, and what has come to it.
struct Fed {
    table: FlowTable,
    decoded: Decoded,
    second: i64,
    ordinal: u64,
}

impl Fed {
    fn new(meter: &mut Meter, settings: FlowSettings) -> Self {
        let table = meter.beside(|| FlowTable::new(settings, [7; 16]));
        Self { table, decoded: Decoded::default(), second: 0, ordinal: 0 }
    }
    fn frame(&mut self, meter: &mut Meter, frame: &[u8]) {
        let length = frame.len() as u32;
        self.ordinal += 1;
        meter.measure(|| {
            decode(link_type::RAW, frame, length, &mut self.decoded).expect("no frame is so large");
            self.table.packet(&PacketFacts {
                frame,
                decoded: &self.decoded,
                timestamp_ns: self.second * 1_000_000_000,
                clock_s: self.second,
                clock_before_s: self.second,
                link_type: link_type::RAW,
                captured_length: length,
                original_length: length,
                truncated: false,
                ordinal: self.ordinal,
                position: PacketPosition { file: 1, length: length + 16, offset: self.ordinal * 100_000 },
                origin: 0,
                earlier: &[],
            });
        });
        let rows = std::mem::take(self.table.saved());
        meter.beside(|| drop(rows));
    }
    fn end(mut self, meter: &mut Meter) {
        // No packet: at the end of a stream all is closed.
        meter.beside(|| {
            for at in self.table.remaining() {
                self.table.close(at);
            }
            drop(std::mem::take(self.table.saved()));
        });
        assert_eq!(self.table.counters().dissector_failures, 0);
        meter.beside(|| drop(self.table));
    }
}

/// Largest payload of a TCP segment in IPv4.
const LARGEST: usize = 65_495;

fn cost(name: &str, mut round: impl FnMut(&mut Meter)) -> Cost {
    let ((), cost) = hold(LIMIT, |meter| round(meter));
    println!("{name}: {cost:?}");
    cost
}

fn open(fed: &mut Fed, meter: &mut Meter, flow: u32) {
    fed.frame(meter, &tcp(flow, true, 0, SYN, &[]));
    fed.frame(meter, &tcp(flow, false, 0, SYN | ACK, &[]));
}

/// A request, and its response in pieces behind a hole, which `head` fills in the end. The number of the byte that follows.
fn fill(fed: &mut Fed, meter: &mut Meter, head: &[u8], body: &[u8], size: usize) -> u32 {
    open(fed, meter, 1);
    fed.frame(meter, &tcp(1, true, 1, ACK, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    let mut sequence = 1 + head.len() as u32;
    for piece in body.chunks(size) {
        fed.frame(meter, &tcp(1, false, sequence, ACK, piece));
        sequence += piece.len() as u32;
    }
    fed.frame(meter, &tcp(1, false, 1, ACK, head));
    sequence
}

/// What follows a hole waits, and is handed on once that is filled, in parts. As many bytes must come out as went in.
fn hole(name: &str, head: &[u8], body: &[u8], size: usize) {
    cost(name, |meter| {
        let mut fed = Fed::new(meter, FlowSettings::default());
        let mut sequence = fill(&mut fed, meter, head, body, size);
        assert!(size < LARGEST || fed.table.held_bytes() > body.len() / 2, "not all at once");
        for _ in 0..80 {
            fed.frame(meter, &tcp(1, false, sequence, ACK, b"more"));
            sequence += 4;
        }
        assert!(fed.table.held_bytes() < 100_000, "{}", fed.table.held_bytes());
        assert_eq!(fed.table.counters().gap_bytes, 0);
        fed.end(meter);
    });
}

#[test]
fn holes_before_much_that_waits() {
    const MOST: usize = (4 << 20) - 100;
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: {MOST}\r\n\r\n");
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let ended = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let small = b"HTTP/1.1 200 A\r\nContent-Length:1\r\n\r\na";
    hole("a body", large.as_bytes(), &vec![b'x'; MOST], LARGEST);
    hole("chunks", chunked, &b"1\r\nx\r\n".repeat(MOST / 6), LARGEST);
    hole("responses", ended, &b"HTTP/1.1 204 A\r\na:b\r\nServer:x\r\n\r\n".repeat(MOST / 34), LARGEST);
    hole("small bodies", ended, &small.repeat(MOST / small.len()), LARGEST);
    hole("usual segments", large.as_bytes(), &vec![b'x'; 250 * 1_448], 1_448);
    hole("small bodies in usual segments", ended, &small.repeat(250 * 1_448 / small.len()), 1_448);
}

#[test]
fn the_end_of_one_that_has_much_left() {
    const MOST: usize = (4 << 20) - 100;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {MOST}\r\n\r\n");
    let body = vec![b'x'; MOST];
    type End = fn(&mut Fed, &mut Meter);
    let ends: [(&str, FlowSettings, End); 4] = [
        ("ports used again", FlowSettings::default(), |fed, meter| {
            fed.frame(meter, &tcp(1, true, 1, RST, &[]));
            fed.frame(meter, &tcp(1, true, 90_000_000, SYN, &[]));
        }),
        ("no room", FlowSettings { max_flows: 1, ..FlowSettings::default() }, |fed, meter| {
            open(fed, meter, 2)
        }),
        ("idle", FlowSettings::default(), |fed, _| fed.second += 10_000),
        ("a row is due", FlowSettings { tcp_save_timeout: 100, ..FlowSettings::default() }, |fed, meter| {
            fed.second += 200;
            fed.frame(meter, &tcp(1, true, 100, ACK, b"more"));
        }),
    ];
    for (name, settings, end) in ends {
        cost(name, |meter| {
            let mut fed = Fed::new(meter, settings.clone());
            fill(&mut fed, meter, head.as_bytes(), &body, LARGEST);
            end(&mut fed, meter);
            for packet in 0..100 {
                fed.frame(meter, &tcp(3, false, 1 + packet, ACK, b"x"));
            }
            fed.end(meter);
        });
    }
}

#[test]
fn one_packet_of_many_requests() {
    let numbered = |of: fn(usize) -> String| {
        let mut text = (0..9_000).map(of).collect::<String>().into_bytes();
        text.truncate(LARGEST);
        text
    };
    for (name, text) in [
        ("the same", b"GET /a?b=c HTTP/1.1\r\nHost: h\r\nCookie: a=b\r\n\r\n".repeat(LARGEST / 46)),
        (
            "all different",
            numbered(|n| format!("GET /a{n}?b{n}=c HTTP/1.1\r\nHost: h{n}\r\nCookie: a{n}=b\r\n\r\n")),
        ),
        ("with bodies", b"POST / HTTP/1.1\r\nContent-Length:1\r\n\r\na".repeat(LARGEST / 39)),
    ] {
        cost(name, |meter| {
            let mut fed = Fed::new(meter, FlowSettings::default());
            open(&mut fed, meter, 1);
            fed.frame(meter, &tcp(1, true, 1, ACK, &text));
            fed.end(meter);
        });
    }
}

#[test]
fn long_bodies_of_few_connections() {
    for (flows, each) in [(1, 40 << 20), (6, 4 << 20), (20, 1 << 20)] {
        cost("long bodies", |meter| {
            let mut fed = Fed::new(meter, FlowSettings::default());
            let payload = [b'x'; 1_448];
            for flow in 0..flows {
                open(&mut fed, meter, flow);
                fed.frame(meter, &tcp(flow, false, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n"));
            }
            for piece in 0..(each / 1_448) as u32 {
                for flow in 0..flows {
                    fed.frame(meter, &tcp(flow, false, 20 + piece * 1_448, ACK, &payload));
                }
            }
            // What ends with the connections is in their rows, which come with the packets that follow.
            fed.second += 10_000;
            for flow in 100..140 {
                open(&mut fed, meter, flow);
            }
            fed.end(meter);
        });
    }
}

#[test]
fn a_flood_of_connection_attempts_and_their_end() {
    cost("flood", |meter| {
        let mut fed = Fed::new(meter, FlowSettings { max_flows: 20_000, ..FlowSettings::default() });
        for flow in 0..60_000 {
            fed.frame(meter, &tcp(flow, true, flow, SYN, &[]));
        }
        fed.second += 10_000;
        for flow in 0..2_000 {
            fed.frame(meter, &tcp(flow, true, flow, SYN, &[]));
        }
        fed.end(meter);
    });
}

#[test]
fn sessions_full_of_values_that_end_at_the_same_time() {
    let headers: String = (0..2_000).map(|n| format!("h{n:x}: {n}\r\n")).collect();
    let request = format!("GET / HTTP/1.1\r\n{headers}\r\n");
    cost("full sessions", |meter| {
        let mut fed = Fed::new(meter, FlowSettings::default());
        for flow in 0..200 {
            open(&mut fed, meter, flow);
            fed.frame(meter, &tcp(flow, true, 1, ACK, request.as_bytes()));
        }
        fed.second += 10_000;
        for flow in 1_000..1_100 {
            fed.frame(meter, &tcp(flow, true, 0, SYN, &[]));
        }
        fed.end(meter);
    });
}

#[test]
fn lone_packets_of_many_connections_whose_time_is_over() {
    let text = b"GET /a?b=c HTTP/1.1\r\nHost: h\r\nCookie: a=b\r\n\r\n".repeat(350);
    cost("lone packets", |meter| {
        let mut fed = Fed::new(meter, FlowSettings::default());
        for flow in 0..200 {
            fed.frame(meter, &tcp(flow, true, 1, ACK, &text));
        }
        fed.second += 10_000;
        for flow in 1_000..1_200 {
            fed.frame(meter, &tcp(flow, true, 0, SYN, &[]));
        }
        fed.end(meter);
    });
}
