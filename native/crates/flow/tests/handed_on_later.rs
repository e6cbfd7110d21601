//! Payload that waited behind a hole and is handed on with later packets: nothing of it is lost, whatever comes next.

mod support;

use lookback_flow::FlowSettings;
use lookback_session::{Value, core_fields};
use support::connection::{ACK, Fed, SYN, tcp};

const RST: u8 = 4;
const PIECE: usize = 60_000;
const PIECES: u32 = 20;
/// Bytes of a connection's server behind its hole, and those that fill it.
const HEAD: &[u8] = b"0123456789";
const ALL: u64 = HEAD.len() as u64 + PIECES as u64 * PIECE as u64;

impl Fed {
    fn open(&mut self, flow: u32) {
        self.frame(&tcp(flow, true, 0, SYN, &[]));
        self.frame(&tcp(flow, false, 0, SYN | ACK, &[]));
    }
    /// A connection whose server's bytes wait, all but the first, until the last packet brings those.
    fn hole(&mut self, flow: u32) {
        self.open(flow);
        for number in 0..PIECES {
            let sequence = 1 + HEAD.len() as u32 + number * PIECE as u32;
            self.frame(&tcp(flow, false, sequence, ACK, &vec![b'x'; PIECE]));
        }
        self.frame(&tcp(flow, false, 1, ACK, HEAD));
    }
}

#[test]
fn a_row_has_what_its_packets_brought_though_none_follows() {
    let mut fed = Fed::new(FlowSettings::default());
    fed.hole(1);
    assert_eq!(fed.all_rows().iter().map(|row| row.data_bytes).collect::<Vec<_>>(), [[0, ALL]]);
}

#[test]
fn what_is_behind_a_hole_that_stays_is_handed_on_in_parts_at_the_end() {
    let mut fed = Fed::new(FlowSettings::default());
    fed.open(1);
    for number in 0..PIECES {
        let sequence = 1 + HEAD.len() as u32 + number * PIECE as u32;
        fed.frame(&tcp(1, false, sequence, ACK, &vec![b'x'; PIECE]));
    }
    let mut parts = 0;
    while !fed.table.expire(100_000, 100) {
        parts += 1;
    }
    assert!(parts >= 8, "{parts}");
    let rows = fed.rows();
    assert_eq!(rows.iter().map(|row| row.data_bytes).collect::<Vec<_>>(), [[0, 0]]);
    assert_eq!(rows[0].fields.get(&core_fields::MISSED_BYTES), Some(Value::Integer(HEAD.len() as i64)));
}

#[test]
fn payload_that_comes_before_its_handshake_waits_for_it() {
    let request = b"GET /one HTTP/1.1\r\nHost: a.example\r\n\r\n";
    for from_syn_ack in [false, true] {
        let mut fed = Fed::new(FlowSettings::default());
        fed.frame(&tcp(1, true, 1, ACK, request));
        if !from_syn_ack {
            fed.frame(&tcp(1, true, 0, SYN, &[]));
        }
        // Its acknowledgement says where the client's bytes begin.
        let mut answer = tcp(1, false, 0, SYN | ACK, &[]);
        answer[28..32].copy_from_slice(&1u32.to_be_bytes());
        fed.frame(&answer);
        fed.frame(&tcp(1, true, 1 + request.len() as u32, ACK, request));
        fed.frame(&tcp(1, false, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n"));
        let rows = fed.all_rows();
        assert_eq!(rows.iter().map(|row| row.data_bytes[0]).collect::<Vec<_>>(), [2 * request.len() as u64]);
    }
}

#[test]
fn nothing_is_obeyed_behind_a_header_that_cannot_be() {
    let mut fed = Fed::new(FlowSettings::default());
    fed.open(1);
    let mut reset = tcp(1, true, 1, RST, &[]);
    // Fifteen words of header, of which five are there.
    reset[32] = 0xf0;
    fed.frame(&reset);
    assert!(fed.table.expire(60, 100));
    assert!(fed.rows().is_empty(), "it has not ended");
    fed.frame(&tcp(1, true, 1, ACK, HEAD));
    let rows = fed.all_rows();
    assert_eq!(
        rows.iter().map(|row| (row.data_bytes, row.packets)).collect::<Vec<_>>(),
        [([HEAD.len() as u64, 0], [3, 1])]
    );
}

#[test]
fn connections_that_end_together_hand_on_what_is_left_one_after_the_other() {
    let mut fed = Fed::new(FlowSettings::default());
    (1..=3).for_each(|flow| fed.hole(flow));
    let mut packets = 0;
    while !fed.table.expire(100_000, 100) {
        packets += 1;
        assert!(fed.table.saved().len() <= packets, "each packet waits for one of them");
    }
    // Each of them waited for several.
    assert!(packets >= 3 * 8, "{packets}");
    assert_eq!(fed.table.open_flows(), 0);
    assert!(fed.rows().iter().all(|row| row.data_bytes == [0, ALL]));
}

#[test]
fn one_that_ends_with_much_left_gets_its_row_with_packets_of_others() {
    type End = fn(&mut Fed);
    let ends: [(End, FlowSettings); 3] = [
        // Its ports are used again.
        (
            |fed| {
                fed.frame(&tcp(1, true, 1, RST, &[]));
                fed.frame(&tcp(1, true, 90_000_000, SYN, &[]));
            },
            FlowSettings::default(),
        ),
        // There is no room for another one.
        (|fed| fed.open(2), FlowSettings { max_flows: 1, ..FlowSettings::default() }),
        // Another one holds more than is left of what all may.
        (
            |fed| {
                fed.open(2);
                for number in 0..4 {
                    fed.frame(&tcp(2, true, 100 + number * PIECE as u32, ACK, &vec![b'x'; PIECE]));
                }
            },
            FlowSettings { max_held_bytes: 1_300_000, ..FlowSettings::default() },
        ),
    ];
    for (number, (end, settings)) in ends.into_iter().enumerate() {
        let mut fed = Fed::new(settings);
        fed.hole(1);
        end(&mut fed);
        assert!(fed.table.saved().is_empty(), "case {number}: no packet waits for all");
        let mut packets = 0;
        while fed.table.saved().is_empty() {
            packets += 1;
            assert!(packets < 100, "case {number}");
            fed.frame(&tcp(2, false, 1, ACK, &[]));
        }
        assert!(packets > 2, "case {number}");
        assert_eq!(fed.rows()[0].data_bytes, [0, ALL], "case {number}");
        assert_eq!(fed.table.counters().closed_early > 0, number > 0, "case {number}");
        // What is closed is not there any more.
        let left = fed.table.open_flows();
        assert_eq!(fed.table.remaining().len(), left, "case {number}");
    }
}

#[test]
fn numbers_half_of_all_apart_keep_nobody_waiting() {
    const ISN: u32 = 1_000;
    let ends: [fn(&mut Fed); 2] = [|_| (), |fed| fed.frame(&tcp(1, true, ISN, RST, &[]))];
    for end in ends {
        let mut fed = Fed::new(FlowSettings { max_packets: 80, ..FlowSettings::default() });
        fed.frame(&tcp(1, true, ISN, SYN, &[]));
        // Behind a hole of one byte.
        for number in 0..70 {
            fed.frame(&tcp(1, true, ISN + 2 + number * 1_460, ACK, &[b'x'; 1_460]));
        }
        fed.frame(&tcp(1, true, (ISN + 1).wrapping_sub(1 << 31), SYN, &[]));
        end(&mut fed);
        (0..20).for_each(|_| fed.frame(&tcp(1, true, ISN + 1, ACK, &[])));
        assert!(!fed.table.saved().is_empty(), "a row is due");
        fed.frame(&tcp(1, true, 77, SYN, &[]));
        let looks = (0..1_000).take_while(|_| !fed.table.expire(100_000, 100)).count();
        assert!(looks < 10, "{looks}");
        assert_eq!(fed.table.open_flows(), 0);
    }
}

#[test]
fn a_row_is_the_same_whichever_way_its_session_ends() {
    // Requests that a packet has not the work for, and their responses; the first of both comes last.
    let headers: String = (0..10).map(|number| format!("X-Header-{number}: value\r\n")).collect();
    let request = |number: u32| format!("HEAD /{number:04} HTTP/1.1\r\nHost: a{number:04}\r\n{headers}\r\n");
    let response =
        |number: u32| format!("HTTP/1.1 200 OK\r\nX-{number:04}: b\r\nContent-Length: 7\r\n{headers}\r\n");
    let (asked, answered) = (request(0).len() as u32, response(0).len() as u32);
    type End = fn(&mut Fed);
    let ends: [End; 3] = [
        |fed| fed.table.remaining().into_iter().for_each(|at| fed.table.close(at)),
        |fed| while !fed.table.expire(100_000, 100) {},
        |fed| {
            fed.frame(&tcp(1, true, 90_000_000, SYN, &[]));
            (0..200).for_each(|_| fed.frame(&tcp(2, false, 1, ACK, &[])));
            fed.table.remaining().into_iter().for_each(|at| fed.table.close(at));
        },
    ];
    let told: Vec<String> = ends
        .map(|end| {
            let mut fed = Fed::new(FlowSettings { max_out_of_order: 10_000, ..FlowSettings::default() });
            fed.open(1);
            for number in (1..1_500).chain([0]) {
                fed.frame(&tcp(1, true, 1 + number * asked, ACK, request(number).as_bytes()));
                fed.frame(&tcp(1, false, 1 + number * answered, ACK, response(number).as_bytes()));
            }
            fed.frame(&tcp(1, true, 1, RST, &[]));
            end(&mut fed);
            let malformed = fed.table.counters().malformed.clone();
            let rows = fed.rows();
            let row = rows.iter().max_by_key(|row| row.data_bytes).expect("a row");
            let mut fields: Vec<String> = row
                .fields
                .values()
                .iter()
                .map(|(field, value)| format!("{}={value:?}", field.expression))
                .collect();
            fields.sort();
            format!("{:?} {malformed:?} {}", row.data_bytes, fields.join(" "))
        })
        .into();
    assert!(told[0].contains("a0999"), "as many as a field holds");
    assert!(told[1] == told[0] && told[2] == told[0]);
}

#[test]
fn a_row_that_is_due_waits_until_little_is_left() {
    let packets = 2 + PIECES as usize + 1;
    let mut fed = Fed::new(FlowSettings { max_packets: packets, ..FlowSettings::default() });
    fed.hole(1);
    assert!(fed.table.saved().is_empty(), "no packet waits for all");
    for more in 1.. {
        assert!(more < 100);
        fed.frame(&tcp(1, true, 1, ACK, &[]));
        if let [row] = fed.rows().as_slice() {
            assert_eq!((row.data_bytes, row.packets.iter().sum::<u64>()), ([0, ALL], packets as u64 + more));
            break;
        }
    }
}

#[test]
fn requests_that_waited_are_all_dissected_though_a_packet_has_not_the_work_for_them() {
    const REQUESTS: u32 = 240;
    let headers: String = (0..10).map(|number| format!("X-Header-{number}: value\r\n")).collect();
    let request = |number: u32| format!("GET /{number:04} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    let length = request(0).len() as u32;
    let mut fed = Fed::new(FlowSettings::default());
    fed.open(1);
    for number in (1..REQUESTS).chain([0]) {
        fed.frame(&tcp(1, true, 1 + number * length, ACK, request(number).as_bytes()));
    }
    // The other side acknowledges; nothing of these packets is dissected.
    (0..10).for_each(|_| fed.frame(&tcp(1, false, 1, ACK, &[])));
    for at in fed.table.remaining() {
        fed.table.close(at);
    }
    assert_eq!(fed.table.counters().malformed, [].into());
    assert_eq!(fed.rows().iter().map(|row| row.data_bytes[0]).sum::<u64>(), u64::from(REQUESTS * length));
}
