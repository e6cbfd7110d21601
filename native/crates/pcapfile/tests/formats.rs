//! Every format, byte order and compression gives the packets that went in; what is wrong is named and loses nothing
//! before it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use lookback_pcapfile::{CaptureError, Reader, Writer, identity_of_file};
use std::io::Write;
use support::{Endian, NgFile, Seen, classic, read_all, reader};

const SECOND: i64 = 1_000_000_000;

fn packets() -> Vec<(i64, Vec<u8>)> {
    vec![
        (SECOND + 5_000, vec![1; 60]),
        (2 * SECOND + 999_999_000, (0..=255).collect()),
        (3 * SECOND, vec![9; 1]),
    ]
}

fn seen(packets: &[(i64, Vec<u8>)]) -> Vec<(i64, Vec<u8>)> {
    packets.to_vec()
}

fn plain(seen: &[Seen]) -> Vec<(i64, Vec<u8>)> {
    seen.iter().map(|p| (p.timestamp_ns, p.data.clone())).collect()
}

/// Name, count and first offset of a warning.
type Warned = (&'static str, u64, Option<u64>);

fn warned(file: &[u8]) -> (Vec<Seen>, Vec<Warned>) {
    let (seen, warnings) = read_all(file);
    (seen, warnings.iter().map(|w| (w.name, w.count, w.first_offset)).collect())
}

#[test]
fn classic_pcap_in_both_orders_and_units() {
    for endian in [Endian::Little, Endian::Big] {
        for magic in [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34] {
            let file = classic(endian, magic, 1, &packets());
            let (found, warnings) = warned(&file);
            assert_eq!(plain(&found), seen(&packets()), "{endian:?} {magic:x}");
            assert!(warnings.is_empty());
            let header = if magic == 0xa1b2_cd34 { 24 } else { 16 };
            assert_eq!(
                found.iter().map(|p| p.offset).collect::<Vec<_>>(),
                [24, 24 + header + 60, 24 + 2 * header + 60 + 256]
            );
            assert_eq!(found[1].record_length as u64, header + 256);
            assert_eq!(found[0].link_type, 1);
        }
    }
}

#[test]
fn link_type_is_without_its_flags() {
    let file = classic(Endian::Little, 0xa1b2_c3d4, 0x1400_0071, &packets());
    assert_eq!(read_all(&file).0[0].link_type, 0x71);
}

#[test]
fn pcapng_in_both_orders_with_sections_interfaces_and_all_packet_blocks() {
    for (first, second) in [(Endian::Little, Endian::Big), (Endian::Big, Endian::Little)] {
        let mut file = NgFile::new(first);
        file.interface(1, 0, &[]);
        file.interface(101, 4, &[(9, vec![9])]);
        file.block(0x0bad, &[1, 2, 3, 4]);
        file.enhanced(0, 5_000_000, 4, &[1, 2, 3, 4]);
        file.enhanced(1, 6_000_000_001, 9, &[5, 6, 7]);
        file.obsolete(1, 7_000_000_002, 1, &[8]);
        file.section(second);
        let offset = match second {
            Endian::Little => 100i64.to_le_bytes(),
            Endian::Big => 100i64.to_be_bytes(),
        };
        file.interface(113, 3, &[(2, b"eth0".to_vec()), (14, offset.to_vec()), (9, vec![3]), (0, vec![])]);
        file.simple(5, &[1, 2, 3, 4, 5]);
        file.enhanced(0, 2_500, 2, &[1, 2]);
        let (found, warnings) = warned(&file.bytes);
        let facts: Vec<_> = found
            .iter()
            .map(|p| (p.timestamp_ns, p.link_type, p.interface, p.original_length, p.data.len()))
            .collect();
        assert_eq!(
            facts,
            [
                (5 * SECOND, 1, 0, 4, 4),
                (6 * SECOND + 1, 101, 1, 9, 3),
                (7 * SECOND + 2, 101, 1, 1, 1),
                // A simple packet takes the time of the packet before, and the interface's snap length.
                (7 * SECOND + 2, 113, 2, 5, 3),
                (102 * SECOND + SECOND / 2, 113, 2, 2, 2),
            ]
        );
        assert_eq!(
            warnings.iter().map(|w| w.0).collect::<Vec<_>>(),
            ["packet-cut-by-snaplen", "no-timestamp"]
        );
    }
}

#[test]
fn blocks_that_hold_no_packet_may_be_larger_than_any_packet() {
    let mut file = NgFile::new(Endian::Little);
    file.interface(1, 0, &[]);
    file.block(10, &vec![0; 20 << 20]);
    file.enhanced(0, 1, 1, &[1]);
    assert_eq!(read_all(&file.bytes).0.len(), 1);
}

/// Has nothing for now at every second time it is asked, and little otherwise.
struct Slow(std::io::Cursor<Vec<u8>>, bool);

impl std::io::Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = !self.1;
        // A reader begins when there is a file header.
        if self.1 && self.0.position() > 40 {
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
        let count = buffer.len().min(7);
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn a_file_may_end_with_a_block_that_holds_no_packet() {
    let mut file = NgFile::new(Endian::Little);
    file.interface(1, 0, &[]);
    file.enhanced(0, 1, 60, &[1; 60]);
    // Statistics of the interface, as captures end.
    let before = file.bytes.len();
    file.block(5, &[0; 40]);
    let whole = file.bytes.len();
    file.bytes.extend([5, 0, 0, 0, 9]);
    let cases = [
        (whole, None),
        (whole - 3, Some(before as u64)),
        (before + 12, Some(before as u64)),
        (whole + 5, Some(whole as u64)),
    ];
    for (length, cut) in cases {
        let bytes = &file.bytes[..length];
        let expected: Vec<Warned> =
            cut.map(|offset| ("truncated-record", 1, Some(offset))).into_iter().collect();
        let (packets, warnings) = warned(bytes);
        assert_eq!((packets.len(), &warnings), (1, &expected), "{length} of {whole} bytes");
        // The same of a source that has nothing now and then.
        let slow = Slow(std::io::Cursor::new(bytes.to_vec()), true);
        let mut reader = Reader::from_read(Box::new(slow)).unwrap();
        let mut count = 0;
        loop {
            match reader.next_packet() {
                Ok(Some(_)) => count += 1,
                Ok(None) => break,
                Err(CaptureError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
        }
        let late: Vec<Warned> = reader.warnings().iter().map(|w| (w.name, w.count, w.first_offset)).collect();
        assert_eq!((count, late), (1, expected), "{length} of {whole} bytes");
    }
}

#[test]
fn compressed_files_in_several_members() {
    let file = classic(Endian::Little, 0xa1b2_3c4d, 1, &packets());
    let (front, back) = file.split_at(110);
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let lz4 = |bytes: &[u8]| {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    for (name, pack) in [("gzip", &gzip as &dyn Fn(&[u8]) -> Vec<u8>), ("lz4", &lz4), ("zstd", &zstd)] {
        let two_members = [pack(front), pack(back)].concat();
        let (found, warnings) = warned(&two_members);
        assert_eq!(plain(&found), packets(), "{name}");
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
        assert_eq!(found[0].offset, 24, "{name}: offsets are those of the decompressed file");
        // Members that hold nothing end nothing.
        let empty = pack(b"");
        assert!(!empty.is_empty());
        let with_empty =
            [&empty, &pack(front), &empty, &empty, &pack(back), &empty].map(Vec::as_slice).concat();
        let (found, warnings) = warned(&with_empty);
        assert_eq!((plain(&found), warnings), (packets(), vec![]), "{name}");
        // Cut off in the second member: what was whole stays.
        let cut = two_members.get(..two_members.len() - 5).unwrap();
        let (found, warnings) = warned(cut);
        assert_eq!(plain(&found[..1]), packets()[..1], "{name}");
        assert_eq!(warnings.len(), 1, "{name}: {warnings:?}");
    }
}

#[test]
fn zstd_may_begin_with_a_frame_to_be_skipped() {
    let file = classic(Endian::Little, 0xa1b2_3c4d, 1, &packets());
    let frame = zstd::encode_all(&file[..], 1).unwrap();
    for kind in [0x50, 0x5f] {
        // pzstd tells here how long the next frame is.
        let skipped =
            [&[kind, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], &(frame.len() as u32).to_le_bytes()].concat();
        let (found, warnings) = warned(&[&skipped[..], &frame, &skipped].concat());
        assert_eq!((plain(&found), warnings), (packets(), vec![]), "{kind:#x}");
    }
}

/// A zstd frame of one block, stored, that asks for a window of `2^log` bytes.
fn zstd_of_window(log: u8, content: &[u8]) -> Vec<u8> {
    let block = (content.len() as u32) << 3 | 1;
    [&[0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3][..], &block.to_le_bytes()[..3], content].concat()
}

#[test]
fn compressed_data_of_which_nothing_comes_says_why() {
    let file = classic(Endian::Little, 0xa1b2_3c4d, 1, &packets());
    assert_eq!(plain(&warned(&zstd_of_window(27, &file)).0), packets());
    let cases: [(&[u8], &str); 4] = [
        (&zstd_of_window(30, &file), "window is above 128 MiB; decompress it first"),
        (b"\x28\xb5\x2f\xfdgarbage-garbage-garbage-garb", "compressed data does not read"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03garbage-garbage-garbage", "compressed data does not read"),
        (b"\x04\x22\x4d\x18garbage-garbage-garbage", "compressed data does not read"),
    ];
    for (bytes, expected) in cases {
        match reader(bytes) {
            Err(error @ CaptureError::Compressed(_)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            Err(other) => panic!("{other:?} for {bytes:?}"),
            Ok(_) => panic!("{bytes:?} was read"),
        }
    }
}

#[test]
fn damage_within_the_first_bytes_is_told() {
    let mut file = NgFile::new(Endian::Little);
    file.interface(1, 0, &[]);
    let front = zstd::encode_all(&file.bytes[..20], 1).unwrap();
    let (found, warnings) = warned(&[&front[..], b"garbage"].concat());
    assert!(found.is_empty());
    assert_eq!(warnings[0], ("damaged-compression", 1, Some(20)));
}

#[test]
fn a_cut_between_two_blocks_of_lz4_is_told() {
    let file = classic(Endian::Little, 0xa1b2_c3d4, 1, &vec![(SECOND, vec![7; 60]); 2_000]);
    for (with_checksum, end_bytes) in [(false, 4), (true, 8)] {
        let info = lz4_flex::frame::FrameInfo::new()
            .block_size(lz4_flex::frame::BlockSize::Max64KB)
            .content_checksum(with_checksum);
        let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(&file).unwrap();
        let whole = encoder.finish().unwrap();
        let (found, warnings) = warned(&whole);
        assert_eq!((found.len(), warnings), (2_000, vec![]));
        // A block begins with its length.
        let first = 7 + 4 + usize::try_from(u32::from_le_bytes(whole[7..11].try_into().unwrap())).unwrap();
        for end in [first, whole.len() - end_bytes] {
            let (found, warnings) = warned(&whole[..end]);
            assert!(found.len() >= 862, "{} packets of a whole block", found.len());
            assert_eq!(warnings.len(), 1, "cut at {end}: {warnings:?}");
        }
    }
}

#[test]
fn cut_off_anywhere_keeps_all_whole_records() {
    let file = classic(Endian::Little, 0xa1b2_c3d4, 1, &packets());
    let ends = [24, 24 + 76, 24 + 76 + 272, file.len()];
    for length in 24..=file.len() {
        let (found, warnings) = warned(&file[..length]);
        let whole = ends.iter().filter(|end| **end <= length).count() - 1;
        assert_eq!(found.len(), whole);
        let expected = if ends.contains(&length) {
            vec![]
        } else {
            vec![("truncated-record", 1, Some(ends[whole] as u64))]
        };
        assert_eq!(warnings, expected, "cut at {length}");
    }
    let mut ng = NgFile::new(Endian::Big);
    ng.interface(1, 0, &[]);
    let start = ng.bytes.len();
    ng.enhanced(0, 1, 4, &[1, 2, 3, 4]);
    for length in start + 1..ng.bytes.len() {
        let (found, warnings) = warned(&ng.bytes[..length]);
        assert!(found.is_empty());
        assert_eq!(warnings, [("truncated-record", 1, Some(start as u64))]);
    }
}

#[test]
fn garbage_lengths_end_the_file_where_they_are() {
    let mut file = classic(Endian::Little, 0xa1b2_c3d4, 1, &packets());
    let end = file.len() as u64;
    file.extend([9, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0]);
    file.extend([0; 5000]);
    let (found, warnings) = warned(&file);
    assert_eq!(plain(&found), packets());
    assert_eq!(warnings, [("garbage-record-length", 1, Some(end))]);
}

#[test]
fn a_block_with_two_lengths_ends_the_file() {
    let mut file = NgFile::new(Endian::Little);
    file.interface(1, 0, &[]);
    file.enhanced(0, 1, 1, &[1]);
    let start = file.bytes.len();
    file.enhanced(0, 2, 1, &[1]);
    let last = file.bytes.len() - 4;
    file.bytes[last] ^= 4;
    file.enhanced(0, 3, 1, &[1]);
    let (found, warnings) = warned(&file.bytes);
    assert_eq!(found.len(), 1);
    assert_eq!(warnings, [("garbage-record-length", 1, Some(start as u64))]);
}

#[test]
fn a_preallocated_tail_is_no_million_of_empty_packets() {
    let mut file = classic(Endian::Big, 0xa1b2_c3d4, 1, &packets());
    let end = file.len() as u64;
    file.extend(vec![0; 1 << 20]);
    let (found, warnings) = warned(&file);
    assert_eq!(plain(&found), packets());
    assert_eq!(warnings, [("zeroed-tail", 1, Some(end))]);
    let mut ng = NgFile::new(Endian::Little);
    let end = ng.bytes.len() as u64;
    ng.bytes.extend([0; 4096]);
    assert_eq!(warned(&ng.bytes).1, [("zeroed-tail", 1, Some(end))]);
}

#[test]
fn odd_packets_are_kept_and_counted() {
    let large = vec![7; 70_000];
    let list = vec![(5 * SECOND, vec![]), (4 * SECOND, large.clone()), (6 * SECOND, vec![1])];
    let mut file = classic(Endian::Little, 0xa1b2_c3d4, 1, &list);
    // The last one was longer on the wire.
    let at = file.len() - 1 - 4;
    file[at] = 200;
    let (found, warnings) = warned(&file);
    assert_eq!(plain(&found), list);
    assert_eq!(found[2].original_length, 200);
    assert_eq!(
        warnings,
        [
            ("zero-length-packet", 1, Some(24)),
            ("oversize-packet", 1, Some(40)),
            ("timestamp-goes-back", 1, Some(40)),
            ("packet-cut-by-snaplen", 1, Some(24 + 16 + 16 + 70_000)),
        ]
    );
}

#[test]
fn packets_of_unknown_interfaces_are_counted_and_passed_over() {
    let mut file = NgFile::new(Endian::Little);
    file.enhanced(0, 1, 1, &[1]);
    let at = file.bytes.len() as u64;
    file.interface(1, 0, &[]);
    file.enhanced(3, 1, 1, &[1]);
    file.enhanced(0, 1, 1, &[1]);
    let (found, warnings) = warned(&file.bytes);
    assert_eq!(found.len(), 1);
    assert_eq!(warnings[0].0, "unknown-interface");
    assert_eq!(warnings[0].1, 2);
    assert!(warnings[0].2.unwrap() < at);
}

#[test]
fn what_is_no_capture_is_named() {
    let cases: [(&[u8], &str); 7] = [
        (b"", "the file is empty"),
        (b"\xd4\xc3\xb2\xa1\x02", "the pcap file header is cut off"),
        (b"hello, world, this is text", "neither pcap"),
        (b"\xfd7zXZ\0\0\0", "xz compression is not supported"),
        (b"BZh91AY&SY", "bzip2"),
        (b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaa", "archives"),
        (b"snoop\0\0\0\0\0\0\x02", "snoop"),
    ];
    for (bytes, expected) in cases {
        match reader(bytes) {
            Err(CaptureError::Unreadable { offset: 0, first_bytes, reason }) => {
                assert!(reason.contains(expected), "{reason} for {bytes:?}");
                assert!(bytes.starts_with(&first_bytes) && first_bytes.len() <= 16);
            }
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("{bytes:?} was read"),
        }
    }
}

#[test]
fn what_is_written_is_read_at_the_offsets_told() {
    let folder = std::env::temp_dir().join(format!("lookback-pcapfile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("written.pcap");
    let mut writer = Writer::create(&path, 113, 262_144).unwrap();
    let mut offsets = Vec::new();
    let mut list: Vec<(i64, Vec<u8>)> =
        (0..2000i64).map(|n| (n * 1_000_001_001, vec![n as u8; (n as usize * 37) % 1500])).collect();
    list.push((9_000 * SECOND, vec![3; 2 << 20]));
    for (timestamp_ns, data) in &list {
        offsets.push(writer.write(*timestamp_ns, data.len() as u32 + 1, data).unwrap());
    }
    writer.sync().unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), writer.position());
    let mut reader = Reader::open(&path).unwrap();
    let mut at = 0;
    while let Some(packet) = reader.next_packet().unwrap() {
        let (timestamp_ns, data) = &list[at];
        assert_eq!(packet.offset, offsets[at]);
        assert_eq!((packet.timestamp_ns, packet.data), (*timestamp_ns, data.as_slice()));
        assert_eq!(packet.original_length as usize, data.len() + 1);
        at += 1;
    }
    assert_eq!(at, list.len());
    assert_eq!(identity_of_file(&path).unwrap(), identity_of_file(&path).unwrap());
    // Never over an existing file, nor through a link.
    assert!(Writer::create(&path, 1, 1).is_err());
    let link = folder.join("link");
    std::os::unix::fs::symlink(folder.join("nowhere"), &link).unwrap();
    assert!(Writer::create(&link, 1, 1).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn identity_depends_on_length_head_tail_and_middle() {
    let folder = std::env::temp_dir().join(format!("lookback-identity-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("capture");
    let identity = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        identity_of_file(&path).unwrap()
    };
    let mut bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let whole = identity(&bytes);
    assert_eq!(identity(&bytes), whole);
    assert_ne!(identity(&bytes[..bytes.len() - 1]), whole);
    for at in [0, 65_000, 2_999_999, 2_940_000] {
        bytes[at] ^= 1;
        assert_ne!(identity(&bytes), whole, "{at}");
        bytes[at] ^= 1;
    }
    bytes[70_000..2_930_000].fill(1);
    assert_ne!(identity(&bytes), whole);
    std::fs::remove_dir_all(&folder).unwrap();
}
