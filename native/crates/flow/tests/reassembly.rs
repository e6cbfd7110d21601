//! TCP payload comes out in order whatever the order of its segments, and buffers stay bounded.

use lookback_flow::tcp::{Outcome, Piece, Segment, TcpState, flag};
use lookback_session::{Fields, Value, core_fields};
use lookback_wire::Tcp;

/// A small deterministic generator (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
    }
}

fn segment(sequence: u32, flags: u16) -> Tcp {
    Tcp { sequence, acknowledgement: 0, flags, window: 1000 }
}

struct Stream {
    tcp: TcpState,
    fields: Fields,
    got: Vec<u8>,
    gaps: u64,
}

impl Stream {
    fn opened_at(isn: u32) -> Self {
        let mut stream = Self { tcp: TcpState::default(), fields: Fields::new(), got: Vec::new(), gaps: 0 };
        stream.send(isn, flag::SYN, &[]);
        stream
    }
    fn send(&mut self, sequence: u32, flags: u16, data: &[u8]) {
        self.send_cut(sequence, flags, data, 0);
    }
    /// Sends data of which `missing` bytes more were not captured.
    fn send_cut(&mut self, sequence: u32, flags: u16, data: &[u8], missing: u32) {
        let header = segment(sequence, flags);
        let length = data.len() + missing as usize;
        if self.tcp.header(&header, 0, length, 0, &mut self.fields) == Outcome::Payload {
            let (got, gaps) = (&mut self.got, &mut self.gaps);
            self.tcp.accept(Segment { sequence, data, missing }, 0, 256, &mut self.fields, |_, piece| {
                match piece {
                    Piece::Data(data) | Piece::Uncounted(data) => got.extend_from_slice(data),
                    Piece::Gap(bytes) => *gaps += bytes,
                }
                true
            });
        }
    }
    /// Ends the connection.
    fn end(&mut self) {
        let (got, gaps) = (&mut self.got, &mut self.gaps);
        self.tcp.skip_holes();
        self.tcp.hand_on_rest(0, &mut self.fields, |_, piece| match piece {
            Piece::Data(data) | Piece::Uncounted(data) => got.extend_from_slice(data),
            Piece::Gap(bytes) => *gaps += bytes,
        });
    }
    fn tags(&self) -> Vec<String> {
        match self.fields.get(&core_fields::TAGS) {
            Some(Value::Texts(tags)) => tags.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }
}

#[test]
fn any_order_overlap_and_repetition_gives_the_same_bytes_across_the_wrap() {
    let mut random = Random(7);
    for round in 0..2_000u32 {
        let length = 1 + random.next(3_000);
        let data: Vec<u8> = (0..length).map(|_| random.next(256) as u8).collect();
        let isn = 0u32.wrapping_sub(random.next(4_000) as u32);
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < length {
            let end = (at + 1 + random.next(200)).min(length);
            let start = at.saturating_sub(random.next(20));
            pieces.push((start, end));
            if random.next(5) == 0 {
                pieces.push((start, end));
            }
            at = end;
        }
        for _ in 0..pieces.len() {
            let (a, b) = (random.next(pieces.len()), random.next(pieces.len()));
            pieces.swap(a, b);
        }
        let mut stream = Stream::opened_at(isn);
        for (start, end) in pieces {
            stream.send(isn.wrapping_add(1 + start as u32), flag::ACK | flag::PSH, &data[start..end]);
        }
        assert_eq!(stream.got, data, "round {round}");
        assert_eq!(stream.gaps, 0);
    }
}

#[test]
fn a_hole_is_skipped_once_the_buffer_is_full_and_told() {
    let mut stream = Stream::opened_at(0);
    for piece in 0..300u32 {
        stream.send(1 + 100 + piece * 10, flag::ACK, b"0123456789");
    }
    assert_eq!(stream.gaps, 100);
    assert_eq!(stream.got.len(), 3_000);
    assert!(stream.tcp.overflowed());
    assert_eq!(stream.tags(), ["incomplete-tcp"]);
}

/// Two ends that see different bytes are what an attacker wants: what was delivered stays, and of what waits the longer.
#[test]
fn segments_that_contradict_each_other_give_one_stream_and_no_byte_twice() {
    let mut stream = Stream::opened_at(0);
    stream.send(1, flag::ACK, b"AAAA");
    stream.send(1, flag::ACK, b"BBBB");
    stream.send(3, flag::ACK, b"CCCCCC");
    assert_eq!(stream.got, b"AAAACCCC");
    // After a hole, in three forms, and then what fills it goes over into them.
    stream.send(13, flag::ACK, b"dddd");
    stream.send(13, flag::ACK, b"eeeeee");
    stream.send(15, flag::ACK, b"ff");
    stream.send(9, flag::ACK, b"GGGGGG");
    assert_eq!(stream.got, b"AAAACCCCGGGGGGeeee");
    assert_eq!(stream.gaps, 0);
}

#[test]
fn without_a_handshake_nothing_is_delivered() {
    let mut stream = Stream { tcp: TcpState::default(), fields: Fields::new(), got: Vec::new(), gaps: 0 };
    stream.send(5, flag::ACK | flag::PSH, b"data");
    assert!(stream.got.is_empty());
    assert_eq!(stream.tcp.counts().psh, 1);
}

#[test]
fn what_was_not_captured_of_a_segment_is_a_hole_behind_it() {
    let mut stream = Stream::opened_at(0);
    stream.send_cut(1, flag::ACK, b"head", 96);
    stream.send_cut(101, flag::ACK, b"", 10);
    stream.send(111, flag::ACK, b"next");
    assert_eq!((stream.got.as_slice(), stream.gaps), (b"headnext".as_slice(), 106));
    // The same bytes again are no more of a hole.
    stream.send_cut(1, flag::ACK, b"head", 96);
    assert_eq!((stream.got.as_slice(), stream.gaps), (b"headnext".as_slice(), 106));
}

#[test]
fn at_the_end_what_is_behind_holes_is_handed_on() {
    let mut stream = Stream::opened_at(0);
    stream.send(1, flag::ACK, b"one");
    stream.send(14, flag::ACK, b"two");
    stream.send(27, flag::ACK, b"three");
    assert_eq!(stream.tcp.unseen(), 20);
    stream.end();
    assert_eq!((stream.got.as_slice(), stream.gaps), (b"onetwothree".as_slice(), 20));
    assert_eq!((stream.tcp.unseen(), stream.tcp.waiting(), stream.tcp.held_bytes()), (0, 0, 0));
}

#[test]
fn a_segment_further_ahead_than_a_window_reaches_shows_no_hole() {
    let mut stream = Stream::opened_at(0);
    stream.send(1, flag::ACK, b"one");
    stream.send(1_900_000_000, flag::ACK, b"stray");
    assert_eq!(stream.tcp.unseen(), 0);
    stream.send(4, flag::ACK, b"two");
    stream.end();
    assert_eq!((stream.got.as_slice(), stream.gaps), (b"onetwo".as_slice(), 0));
}

#[test]
fn a_reset_says_nothing_of_bytes_before_it() {
    let mut stream = Stream::opened_at(0);
    stream.send(1, flag::ACK, b"one");
    // A guess, as who is not on the path makes it.
    stream.send(4_000, flag::RST, &[]);
    assert_eq!((stream.tcp.unseen(), stream.tcp.ended_whole(0)), (0, false));
    stream.send(4, flag::ACK | flag::FIN, b"two");
    assert_eq!((stream.tcp.unseen(), stream.tcp.ended_whole(0)), (0, true));
    // What came to a socket that is closed is answered behind the FIN.
    stream.send(8, flag::RST, &[]);
    assert_eq!((stream.tcp.unseen(), stream.tcp.ended_whole(0)), (0, true));
}

#[test]
fn a_repeated_syn_does_not_deliver_twice() {
    let mut stream = Stream::opened_at(10);
    stream.send(11, flag::ACK, b"hello");
    stream.send(10, flag::SYN, &[]);
    stream.send(11, flag::ACK, b"hello");
    stream.send(16, flag::ACK, b" world");
    assert_eq!(stream.got, b"hello world");
}

#[test]
fn random_headers_and_payload_never_panic_and_stay_bounded() {
    let mut random = Random(99);
    let payload = vec![1u8; 1460];
    let mut tcp = TcpState::default();
    let mut fields = Fields::new();
    for _ in 0..200_000 {
        let header = Tcp {
            sequence: (random.next(1 << 16) as u32) << random.next(17),
            acknowledgement: random.next(usize::MAX) as u32,
            flags: random.next(512) as u16,
            window: random.next(3) as u16,
        };
        let data = &payload[..random.next(payload.len())];
        let direction = random.next(2);
        if tcp.header(&header, direction, data.len(), 1, &mut fields) == Outcome::Payload {
            tcp.accept(
                Segment { sequence: header.sequence, data, missing: 0 },
                direction,
                32,
                &mut fields,
                |_, _| true,
            );
        }
    }
    assert!(tcp.waiting() <= 2 * 33);
}

#[test]
fn random_sctp_chunks_never_panic() {
    let mut random = Random(3);
    for _ in 0..200_000 {
        let bytes: Vec<u8> = (0..random.next(80))
            .map(|_| if random.next(3) == 0 { 0 } else { random.next(66) as u8 })
            .collect();
        let total: usize = lookback_flow::sctp::user_data(&bytes).map(|user| user.data.len()).sum();
        assert!(total <= bytes.len());
    }
}

#[test]
fn what_was_never_seen_is_counted_once() {
    let mut stream = Stream::opened_at(99);
    stream.send(100, flag::ACK, b"seen");
    assert_eq!(stream.tcp.unseen(), 0);
    // Two holes before segments that wait, of 6 and of 10 bytes.
    stream.send(110, flag::ACK, b"late");
    stream.send(124, flag::ACK, b"later");
    assert_eq!(stream.tcp.unseen(), 16);
    // The receiver has 11 bytes more than the last one.
    let acknowledges = |stream: &mut Stream, number: u32, flags: u16| {
        let header = Tcp { sequence: 1, acknowledgement: number, flags, window: 1000 };
        stream.tcp.header(&header, 1, 0, 0, &mut stream.fields);
    };
    acknowledges(&mut stream, 140, flag::ACK);
    assert_eq!(stream.tcp.unseen(), 27);
    // A number that no window reaches is a lie, and that of a reset says nothing.
    acknowledges(&mut stream, 100 + (1 << 30) + 50, flag::ACK);
    acknowledges(&mut stream, 500, flag::ACK | flag::RST);
    assert_eq!(stream.tcp.unseen(), 27);
    // What comes after all is no hole.
    stream.send(104, flag::ACK, b"theses");
    assert_eq!(stream.tcp.unseen(), 21);
}

#[test]
fn a_fin_that_is_acknowledged_is_no_byte() {
    let mut stream = Stream::opened_at(u32::MAX - 2);
    stream.send(u32::MAX - 1, flag::ACK, b"across the wrap");
    stream.send(13, flag::ACK | flag::FIN, b"");
    let header = Tcp { sequence: 1, acknowledgement: 14, flags: flag::ACK, window: 1000 };
    stream.tcp.header(&header, 1, 0, 0, &mut stream.fields);
    assert_eq!(stream.tcp.unseen(), 0);
}

#[test]
fn much_that_waited_is_handed_on_with_the_packets_that_follow_or_at_the_end() {
    let piece = vec![7u8; 60_000];
    let mut stream = Stream::opened_at(0);
    for number in 0..20u32 {
        stream.send(11 + number * 60_000, flag::ACK, &piece);
    }
    stream.send(1, flag::ACK, b"0123456789");
    let first = stream.got.len();
    assert!((98_000..160_000).contains(&first), "{first}");
    stream.send(11 + 20 * 60_000, flag::ACK, b"next");
    assert!((2 * 98_000..320_000).contains(&stream.got.len()), "{}", stream.got.len());
    let (got, gaps) = (&mut stream.got, &mut stream.gaps);
    stream.tcp.hand_on_rest(0, &mut stream.fields, |_, piece| match piece {
        Piece::Data(data) | Piece::Uncounted(data) => got.extend_from_slice(data),
        Piece::Gap(bytes) => *gaps += bytes,
    });
    assert_eq!(stream.got.len(), 10 + 20 * 60_000 + 4);
    assert_eq!((stream.gaps, stream.tcp.held_bytes(), stream.tcp.overflowed()), (0, 0, false));
    assert_eq!(stream.tags(), ["out-of-order-src"]);
}

#[test]
fn what_waits_to_be_handed_on_counts_as_seen() {
    let mut stream = Stream::opened_at(0);
    let piece = vec![b'x'; 60_000];
    for number in 0..20u32 {
        stream.send(11 + number * 60_000, flag::ACK, &piece);
    }
    stream.send(1, flag::ACK, b"0123456789");
    let end = 11 + 20 * 60_000;
    assert!(stream.got.len() < 200_000);
    // The other side has all of it.
    let answer = Tcp { acknowledgement: end, ..segment(1, flag::ACK) };
    stream.tcp.header(&answer, 1, 0, 0, &mut stream.fields);
    assert_eq!(stream.tags(), ["out-of-order-src", "no-syn-ack"]);
    assert_eq!(stream.tcp.header(&segment(end, flag::RST), 0, 0, 0, &mut stream.fields), Outcome::Closing);
}

#[test]
fn a_receiver_that_has_enough_gets_the_rest_later() {
    let mut stream = Stream::opened_at(0);
    for number in 0..5u32 {
        stream.send(11 + number * 100, flag::ACK, &[b'x'; 100]);
    }
    let got = &mut stream.got;
    let mut take = |_: &mut Fields, piece: Piece<'_>| {
        if let Piece::Data(data) = piece {
            got.extend_from_slice(data);
        }
        got.len() < 210
    };
    stream.tcp.accept(
        Segment { sequence: 1, data: b"0123456789", missing: 0 },
        0,
        256,
        &mut stream.fields,
        &mut take,
    );
    assert_eq!(stream.tcp.waiting(), 3);
    stream.tcp.hand_on_rest(0, &mut stream.fields, |fields, piece| {
        let _ = take(fields, piece);
    });
    assert_eq!((stream.tcp.waiting(), got.len()), (0, 510));
}

#[test]
fn a_connection_that_is_refused_has_ended() {
    let answer = |acknowledgement: u32, flags: u16| {
        let mut stream = Stream::opened_at(u32::MAX);
        let answer = Tcp { acknowledgement, ..segment(0, flags) };
        stream.tcp.header(&answer, 1, 0, 0, &mut stream.fields)
    };
    assert_eq!(answer(0, flag::RST | flag::ACK), Outcome::Closing);
    // Anybody can send one that acknowledges something else, or nothing.
    for (acknowledgement, flags) in
        [(1, flag::RST | flag::ACK), (u32::MAX, flag::RST | flag::ACK), (0, flag::RST)]
    {
        assert_eq!(answer(acknowledgement, flags), Outcome::Done);
    }
}
