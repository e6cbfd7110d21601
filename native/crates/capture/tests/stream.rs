//! A capture that comes through a pipe while it is made.

use lookback_capture::batch::records;
use lookback_capture::stream::StreamSource;
use lookback_capture::{BatchPool, PacketSource, SourceError};
use std::fs::File;
use std::io::{PipeWriter, Write, pipe};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// Longer than anything here takes that does not wait.
const LONG: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_millis(2);

fn header(link_type: u32) -> Vec<u8> {
    let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
    bytes.extend(link_type.to_le_bytes());
    bytes
}

fn record(second: u32, data: &[u8]) -> Vec<u8> {
    let words = [second, 5, data.len() as u32, data.len() as u32];
    words.iter().flat_map(|word| word.to_le_bytes()).chain(data.iter().copied()).collect()
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = (12 + body.len()) as u32;
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), body, &length.to_le_bytes()].concat()
}

fn section() -> Vec<u8> {
    let mut body = vec![0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0];
    body.extend([255; 8]);
    block(0x0a0d_0d0a, &body)
}

fn interface(link_type: u8) -> Vec<u8> {
    block(1, &[link_type, 0, 0, 0, 0, 0, 4, 0])
}

fn ng_packet(interface: u32, second: u64, data: [u8; 4]) -> Vec<u8> {
    let time = second * 1_000_000;
    let words = [interface, (time >> 32) as u32, time as u32, 4, 4];
    block(6, &words.iter().flat_map(|word| word.to_le_bytes()).chain(data).collect::<Vec<u8>>())
}

/// A source for what is written to the pipe; `first` is there when it opens.
fn opened(first: &[u8]) -> (PipeWriter, Result<StreamSource, SourceError>) {
    let (reader, mut writer) = pipe().expect("a pipe");
    writer.write_all(first).expect("room");
    (writer, StreamSource::open("input", File::from(OwnedFd::from(reader)), 65_535))
}

/// Seconds and packets of one read.
fn read(source: &mut StreamSource) -> Result<Vec<(i64, Vec<u8>)>, SourceError> {
    read_within(source, SOON)
}

fn read_within(source: &mut StreamSource, wait: Duration) -> Result<Vec<(i64, Vec<u8>)>, SourceError> {
    let mut batch = BatchPool::new(1).take().expect("a batch");
    source.read(&mut batch, wait)?;
    let bytes = batch.records();
    Ok(records(bytes)
        .map(|one| (one.timestamp_ns / 1_000_000_000, bytes[one.start as usize..one.end as usize].to_vec()))
        .collect())
}

#[test]
fn packets_come_as_they_are_written_whole() {
    let (mut writer, source) = opened(&header(1));
    let mut source = source.expect("a capture");
    assert_eq!((source.link_type(), source.interface()), (1, "input"));
    assert_eq!(read(&mut source).expect("nothing yet"), []);
    let (one, two) = (record(7, b"one"), record(8, b"second"));
    writer.write_all(&one).expect("room");
    writer.write_all(&two[..19]).expect("room");
    assert_eq!(read(&mut source).expect("a packet"), [(7, b"one".to_vec())]);
    // Half a record is waited for, and not lost.
    assert_eq!(read(&mut source).expect("nothing yet"), []);
    writer.write_all(&two[19..]).expect("room");
    assert_eq!(read(&mut source).expect("a packet"), [(8, b"second".to_vec())]);
    drop(writer);
    assert!(matches!(read(&mut source), Err(SourceError::Ended { .. })));
    assert_eq!(source.statistics().damaged_blocks, 0);
}

#[test]
fn pcapng_in_pieces_of_any_size_gives_the_same() {
    let first = [section(), interface(1), ng_packet(0, 1, *b"aaaa")].concat();
    let rest = [block(0x7777, &[9; 400]), ng_packet(0, 2, *b"bbbb")].concat();
    for size in [1, 3, 7, 50, 1_000] {
        // It opens with its first packet.
        let (mut writer, source) = opened(&first);
        let mut source = source.expect("a capture");
        let mut packets = Vec::new();
        for piece in rest.chunks(size) {
            packets.extend(read(&mut source).expect("packets, or none yet"));
            writer.write_all(piece).expect("room");
        }
        packets.extend(read(&mut source).expect("packets"));
        assert_eq!(packets, [(1, b"aaaa".to_vec()), (2, b"bbbb".to_vec())], "pieces of {size}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let reason = |first: &[u8]| opened(first).1.map_or_else(|error| error.to_string(), |_| String::new());
    assert!(reason(&[&[0x1f, 0x8b, 8][..], &[0; 29]].concat()).contains("lookback import -"));
    assert!(reason(&[b'x'; 64]).contains("neither pcap nor pcapng"));
    // Another kind of packets than the first: not silently mixed into one file.
    let mixed =
        [section(), interface(1), interface(101), ng_packet(0, 1, *b"aaaa"), ng_packet(1, 2, *b"bbbb")];
    let (_writer, source) = opened(&mixed.concat());
    let mut source = source.expect("a capture");
    let mut before = Vec::new();
    let told = loop {
        match read(&mut source) {
            Ok(packets) => {
                assert!(packets.len() <= 1);
                before.extend(packets);
            }
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!(before, [(1, b"aaaa".to_vec())], "what came before is not lost");
    assert!(told.contains("link type 101 come after those of 1"), "{told}");
}

#[test]
fn a_stream_that_stops_within_a_record_says_so() {
    let (writer, source) =
        opened(&[header(1), record(1, b"whole"), record(2, b"cut")[..18].to_vec()].concat());
    let mut source = source.expect("a capture");
    drop(writer);
    assert_eq!(read(&mut source).expect("a packet"), [(1, b"whole".to_vec())]);
    assert!(matches!(read(&mut source), Err(SourceError::Ended { .. })));
    assert_eq!(source.statistics().damaged_blocks, 1);
}

#[test]
fn a_packet_is_not_kept_waiting_for_the_next() {
    let begun = Instant::now();
    let (mut writer, source) = opened(&header(1));
    let mut source = source.expect("a capture");
    for second in 1..4 {
        writer.write_all(&record(second, b"one")).expect("room");
        let packets = read_within(&mut source, LONG).expect("a packet");
        assert_eq!(packets, [(i64::from(second), b"one".to_vec())]);
    }
    // Half a record is no reason to stay either: whoever reads also looks whether to stop.
    writer.write_all(&record(4, b"half")[..9]).expect("room");
    assert_eq!(read_within(&mut source, LONG).expect("nothing yet"), []);
    assert!(begun.elapsed() < LONG / 2, "{:?}", begun.elapsed());
}

#[test]
fn packets_of_interfaces_that_nobody_described_are_in_the_account() {
    let first = [section(), interface(1), ng_packet(0, 1, *b"aaaa")].concat();
    let (mut writer, source) = opened(&first);
    let mut source = source.expect("a capture");
    writer.write_all(&[ng_packet(7, 2, *b"bbbb"), ng_packet(0, 3, *b"cccc")].concat()).expect("room");
    assert_eq!(read(&mut source).expect("packets"), [(1, b"aaaa".to_vec()), (3, b"cccc".to_vec())]);
    assert_eq!(source.statistics().damaged_blocks, 1);
}

#[test]
fn packets_that_a_filter_leaves_out_are_not_waited_for_again() {
    let begun = Instant::now();
    let (mut writer, source) = opened(&header(1));
    let mut filtered = match source.expect("a capture").filtered("greater 60") {
        Err(SourceError::NoFilterCompiler) => {
            return eprintln!("libpcap is not installed: nothing is filtered");
        }
        other => other.expect("a filter"),
    };
    writer.write_all(&record(1, b"short")).expect("room");
    assert_eq!(read_within(&mut filtered, LONG).expect("nothing"), []);
    assert!(begun.elapsed() < LONG / 2, "{:?}", begun.elapsed());
}

#[test]
fn a_filter_decides_of_every_packet_also_of_the_one_that_it_opens_with() {
    let longer = |second| ng_packet(0, second, *b"long");
    let (writer, source) = opened(&[section(), interface(1), longer(1), longer(2)].concat());
    let filtered = match source.expect("a capture").filtered("greater 5") {
        Err(SourceError::NoFilterCompiler) => {
            return eprintln!("libpcap is not installed: nothing is filtered");
        }
        other => other,
    };
    drop(writer);
    assert!(matches!(read(&mut filtered.expect("a filter")), Err(SourceError::Ended { .. })));
}
