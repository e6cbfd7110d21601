//! Several readers of one stream get the same, whoever is ahead, whatever happens to the others.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use lookback_pcapfile::{Blocks, Reader, Writer, share};
use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::scope;

/// Gives `data` and then what `end` says; counts how often it was asked.
struct Source<F> {
    data: Cursor<Vec<u8>>,
    end: F,
    asked: Arc<AtomicU64>,
}

impl<F: FnMut() -> io::Result<usize>> Read for Source<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.data.read(buffer)? {
            0 => (self.end)(),
            count => Ok(count),
        }
    }
}

fn source(
    length: usize,
    end: impl FnMut() -> io::Result<usize> + Send + 'static,
) -> (Box<dyn Read + Send>, Arc<AtomicU64>) {
    let data = (0..length).map(|at| (at / 1_000 + at) as u8).collect();
    let asked = Arc::new(AtomicU64::new(0));
    (Box::new(Source { data: Cursor::new(data), end, asked: Arc::clone(&asked) }), asked)
}

/// Bytes of all blocks and a sum over them, until the end or an error.
fn drain(mut blocks: Blocks) -> (usize, u64, Option<io::ErrorKind>) {
    let (mut length, mut sum) = (0, 0u64);
    loop {
        match blocks.next_block() {
            Ok(Some(block)) => {
                length += block.len();
                sum = block.iter().fold(sum, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
            }
            Ok(None) => return (length, sum, None),
            Err(error) => return (length, sum, Some(error.kind())),
        }
    }
}

#[test]
fn all_readers_get_all_bytes_of_all_streams_and_each_is_read_once() {
    let lengths = [0, 1, 3_000_000, 1 << 17, 500_000];
    let (sources, asked): (Vec<_>, Vec<_>) = lengths.iter().map(|length| source(*length, || Ok(0))).unzip();
    let readers = share(sources, 3);
    let all = scope(|scope| {
        let run = |blocks: Vec<Blocks>| blocks.into_iter().map(drain).collect::<Vec<_>>();
        let threads: Vec<_> = readers.into_iter().map(|blocks| scope.spawn(move || run(blocks))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a reader")).collect::<Vec<_>>()
    });
    assert_eq!(all[0].iter().map(|(length, ..)| *length).collect::<Vec<_>>(), lengths);
    assert!(all.iter().all(|got| *got == all[0]));
    for (asked, length) in asked.iter().zip(lengths) {
        assert!(asked.load(Ordering::Relaxed) <= 2 + length as u64 / (1 << 17), "read more than once");
    }
}

#[test]
fn every_reader_is_told_why_a_stream_ended() {
    let ends: [fn() -> io::Result<usize>; 2] = [
        || Err(io::Error::new(io::ErrorKind::InvalidData, "bad block")),
        || Err(io::Error::from_raw_os_error(5)),
    ];
    for end in ends {
        let expected = end().expect_err("an error");
        let (source, _) = source(300_000, end);
        for blocks in share(vec![source], 2).into_iter().flatten() {
            let mut blocks = blocks;
            let mut length = 0;
            let error = loop {
                match blocks.next_block() {
                    Ok(Some(block)) => length += block.len(),
                    Ok(None) => panic!("it ended as if it was whole"),
                    Err(error) => break error,
                }
            };
            assert_eq!((length, error.kind()), (300_000, expected.kind()));
            assert_eq!(
                (error.raw_os_error(), error.to_string()),
                (expected.raw_os_error(), expected.to_string())
            );
        }
    }
}

#[test]
fn a_reader_waits_for_one_that_is_far_behind_and_for_none_that_is_gone() {
    const LENGTH: usize = 100 << 20;
    let (source, asked) = source(LENGTH, || Ok(0));
    let mut readers = share(vec![source], 3).into_iter().flatten();
    let (ahead, mut behind, gone) = (readers.next(), readers.next().expect("one"), readers.next());
    drop(gone);
    scope(|scope| {
        let ahead = scope.spawn(move || drain(ahead.expect("one")).0);
        // It gets no further without the other: the first 64 MiB are read as often as it takes, and no more.
        let most = (64 << 20) / (1 << 17);
        while asked.load(Ordering::Relaxed) < most {
            std::thread::yield_now();
        }
        // One that went on would be through by then.
        for _ in 0..50_000 {
            std::thread::yield_now();
        }
        assert_eq!(asked.load(Ordering::Relaxed), most);
        assert!(!ahead.is_finished());
        for taken in 0..10 {
            assert!(behind.next_block().expect("a block").is_some(), "block {taken}");
        }
        drop(behind);
        assert_eq!(ahead.join().expect("a reader"), LENGTH);
    });
}

#[test]
fn a_reader_that_panics_leaves_nobody_waiting() {
    let (source, _) = source(1 << 18, || panic!("a decompressor"));
    let barrier = Barrier::new(2);
    let ends = scope(|scope| {
        let run = |blocks| {
            barrier.wait();
            drain(blocks)
        };
        let threads: Vec<_> = share(vec![source], 2)
            .into_iter()
            .flatten()
            .map(|blocks| scope.spawn(move || run(blocks)))
            .collect();
        threads.into_iter().map(|thread| thread.join().ok()).collect::<Vec<_>>()
    });
    assert_eq!(
        ends.iter().flatten().collect::<Vec<_>>(),
        [&(1 << 18, ends_sum(), Some(io::ErrorKind::Other))]
    );
}

fn ends_sum() -> u64 {
    let (source, _) = source(1 << 18, || Ok(0));
    share(vec![source], 1).into_iter().flatten().map(drain).map(|(_, sum, _)| sum).sum()
}

#[test]
fn packets_that_lie_across_blocks_are_whole() {
    let path = std::env::temp_dir().join(format!("lookback-shared-{}.pcap", std::process::id()));
    let mut writer = Writer::create(&path, 1, 1 << 20).expect("a new capture");
    let mut random = 88_172_645_463_325_252u64;
    for number in 0..4_000i64 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Most are short, some longer than a block or two.
        let length = if random.is_multiple_of(97) { 400_000 } else { 3_000 };
        let data = vec![number as u8; (random >> 8) as usize % length];
        writer.write(number, data.len() as u32, &data).expect("a written packet");
    }
    writer.sync().expect("a durable capture");
    let file = std::fs::read(&path).expect("a capture");
    std::fs::remove_file(&path).expect("it was there");
    let all = |mut reader: Reader| {
        let mut packets = Vec::new();
        while let Some(packet) = reader.next_packet().expect("a packet") {
            let chunk = packet.chunk.get(packet.start as usize..packet.end as usize);
            assert_eq!(chunk, Some(packet.data));
            packets.push((packet.offset, packet.timestamp_ns, packet.data.to_vec()));
        }
        (packets, reader.bytes_read(), reader.warnings().to_vec())
    };
    // Whole, and cut off within a packet.
    for length in [file.len(), file.len() - 1_000, 100_000] {
        let file = file.get(..length).expect("as much").to_vec();
        let alone = all(Reader::from_read(Box::new(Cursor::new(file.clone()))).expect("a capture"));
        assert!(!alone.0.is_empty());
        for blocks in share(vec![Box::new(Cursor::new(file))], 2).into_iter().flatten() {
            assert!(all(Reader::from_blocks(blocks).expect("a capture")) == alone);
        }
    }
}
