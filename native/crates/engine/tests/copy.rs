//! Copies of compressed captures hold what was whole, and damage is told, of a copy as of a dissection.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use lookback_engine::copy::{Copied, copy_plain};
use lookback_engine::error::EngineError;
use lookback_engine::stream::{StreamFile, Warning};
use lookback_engine::{EngineSettings, dissect};
use lookback_pcapfile::Writer;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use support::{Scratch, frame};

/// A capture of some packets, and where the record in its middle begins.
fn capture(scratch: &Scratch) -> (Vec<u8>, usize) {
    let path = scratch.0.join("whole.pcap");
    let mut writer = Writer::create(&path, 1, 65_535).expect("a new capture");
    let one = frame(1, true, 17, 0, 0, b"some datagram");
    for second in 0..40 {
        writer.write(second * 1_000_000_000, one.len() as u32, &one).expect("a written packet");
    }
    writer.sync().expect("a durable capture");
    (std::fs::read(&path).expect("the capture"), 24 + 20 * (16 + one.len()))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

/// A zstd frame of one block, stored, that asks for a window of `2^log` bytes.
fn zstd(log: u8, content: &[u8]) -> Vec<u8> {
    let block = (content.len() as u32) << 3 | 1;
    [&[0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3][..], &block.to_le_bytes()[..3], content].concat()
}

fn copy(source: &Path, destination: &Path) -> Result<Copied, EngineError> {
    let source = source.display().to_string();
    copy_plain(&source, destination, &AtomicBool::new(false), &mut |_| {})
}

#[test]
fn what_damage_ends_is_told_and_what_was_whole_is_kept() {
    let scratch = Scratch::new("copy-damaged");
    let (whole, middle) = capture(&scratch);
    let (front, back) = whole.split_at(middle);
    let mut spoilt = gzip(back);
    spoilt[10..].fill(0xff);
    let mut wrong_sum = gzip(&whole);
    let sum = wrong_sum.len() - 8;
    wrong_sum[sum] ^= 1;
    let cases = [
        ("whole", [gzip(front), gzip(back)].concat(), &whole[..], false),
        ("second-member", [gzip(front), spoilt].concat(), front, true),
        ("wrong-sum", wrong_sum, &whole[..], true),
        ("zstd-garbage", [zstd(20, front), b"garbage-garbage".to_vec()].concat(), front, true),
    ];
    for (name, bytes, expected, is_damaged) in cases {
        let (source, destination) = (scratch.0.join(name), scratch.0.join(format!("{name}.partial")));
        std::fs::write(&source, bytes).expect("a file");
        let copied = copy(&source, &destination).expect("a copy");
        assert_eq!(copied, Copied { bytes: expected.len() as u64, is_damaged }, "{name}");
        assert!(std::fs::read(&destination).expect("the copy") == expected, "{name}");

        let opened = StreamFile { path: source, file: 1, first_ordinal: 0 }.open().expect("a capture");
        let dissection = dissect::dissect(opened, &EngineSettings::default(), [9; 16]).expect("a dissection");
        assert_eq!(dissection.sessions.len(), 1, "{name}");
        let warned: Vec<&Warning> = dissection.warnings.iter().collect();
        match (is_damaged, warned.as_slice()) {
            (false, []) => {}
            (true, [Warning { name: told, count: 1, first_offset: Some(offset) }]) => {
                assert_eq!(
                    (told.as_str(), *offset),
                    ("damaged-compression", expected.len() as u64),
                    "{name}"
                );
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn compressed_data_of_which_nothing_comes_is_no_fault_of_ours() {
    let scratch = Scratch::new("copy-window");
    let (whole, _) = capture(&scratch);
    let (source, destination) = (scratch.0.join("a.zst"), scratch.0.join("a.partial"));
    std::fs::write(&source, zstd(30, &whole)).expect("a file");
    let opened = StreamFile { path: source.clone(), file: 1, first_ordinal: 0 }.open().err();
    for error in [copy(&source, &destination).err(), opened] {
        let error = error.unwrap_or_else(|| panic!("it was read"));
        assert_eq!(error.code(), "CAPTURE_UNREADABLE");
        let told = error.to_string();
        assert!(told.contains("its zstd window is above 128 MiB; decompress it first"), "{told}");
        assert!(
            !told.contains("offset") && !told.contains("begins with") && !told.contains("empty"),
            "{told}"
        );
    }
    assert!(!destination.exists());
    let missing = copy(&scratch.0.join("missing"), &destination).err();
    assert!(matches!(missing, Some(EngineError::Unreadable { .. })), "{missing:?}");
}
