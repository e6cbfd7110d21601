//! Builds capture files byte by byte, apart from the crate's own writer.
#![allow(dead_code, clippy::unwrap_used, reason = "tests; each test binary uses a part of it")]

use lookback_pcapfile::{CaptureError, Reader, Warning};
use std::io::Cursor;

#[derive(Clone, Copy, Debug)]
pub enum Endian {
    Little,
    Big,
}

impl Endian {
    fn half(self, value: u16) -> [u8; 2] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }
    fn word(self, value: u32) -> [u8; 4] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }
}

/// A classic pcap file of packets (nanoseconds, bytes).
pub fn classic(endian: Endian, magic: u32, link_type: u32, packets: &[(i64, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(endian.word(magic));
    file.extend(endian.half(2));
    file.extend(endian.half(4));
    file.extend([0; 8]);
    file.extend(endian.word(65_535));
    file.extend(endian.word(link_type));
    for (timestamp_ns, data) in packets {
        let fraction = (timestamp_ns % 1_000_000_000) as u32;
        file.extend(endian.word((timestamp_ns / 1_000_000_000) as u32));
        file.extend(endian.word(if magic == 0xa1b2_3c4d { fraction } else { fraction / 1000 }));
        file.extend(endian.word(data.len() as u32));
        file.extend(endian.word(data.len() as u32));
        if magic == 0xa1b2_cd34 {
            file.extend([7; 8]);
        }
        file.extend(data);
    }
    file
}

/// A pcapng file in the making.
pub struct NgFile {
    pub bytes: Vec<u8>,
    endian: Endian,
}

impl NgFile {
    pub fn new(endian: Endian) -> Self {
        let mut file = Self { bytes: Vec::new(), endian };
        file.section(endian);
        file
    }

    pub fn block(&mut self, kind: u32, body: &[u8]) {
        let length = self.endian.word(12 + body.len().next_multiple_of(4) as u32);
        self.bytes.extend(self.endian.word(kind));
        self.bytes.extend(length);
        self.bytes.extend(body);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.bytes.extend(length);
    }

    pub fn section(&mut self, endian: Endian) {
        self.endian = endian;
        let body = [&endian.word(0x1a2b_3c4d)[..], &endian.half(1), &endian.half(0), &[0xff; 8]].concat();
        self.block(0x0a0d_0d0a, &body);
    }

    pub fn interface(&mut self, link_type: u16, snap_length: u32, options: &[(u16, Vec<u8>)]) {
        let mut body = [&self.endian.half(link_type)[..], &[0, 0], &self.endian.word(snap_length)].concat();
        for (code, value) in options {
            body.extend(self.endian.half(*code));
            body.extend(self.endian.half(value.len() as u16));
            body.extend(value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        self.block(1, &body);
    }

    fn packet(&self, head: [u8; 4], ticks: u64, original_length: u32, data: &[u8]) -> Vec<u8> {
        let e = self.endian;
        [
            &head[..],
            &e.word((ticks >> 32) as u32),
            &e.word(ticks as u32),
            &e.word(data.len() as u32),
            &e.word(original_length),
            data,
        ]
        .concat()
    }

    pub fn enhanced(&mut self, interface: u32, ticks: u64, original_length: u32, data: &[u8]) {
        let body = self.packet(self.endian.word(interface), ticks, original_length, data);
        self.block(6, &body);
    }

    pub fn obsolete(&mut self, interface: u16, ticks: u64, original_length: u32, data: &[u8]) {
        let [a, b] = self.endian.half(interface);
        let body = self.packet([a, b, 0, 0], ticks, original_length, data);
        self.block(2, &body);
    }

    pub fn simple(&mut self, original_length: u32, data: &[u8]) {
        self.block(3, &[&self.endian.word(original_length)[..], data].concat());
    }
}

/// A packet that was read.
pub struct Seen {
    pub timestamp_ns: i64,
    pub data: Vec<u8>,
    pub original_length: u32,
    pub link_type: u16,
    pub interface: u32,
    pub offset: u64,
    pub record_length: u32,
}

pub fn reader(file: &[u8]) -> Result<Reader, CaptureError> {
    Reader::from_read(Box::new(Cursor::new(file.to_vec())))
}

/// All packets and warnings of a file that is a capture.
pub fn read_all(file: &[u8]) -> (Vec<Seen>, Vec<Warning>) {
    let mut reader = reader(file).unwrap();
    let mut all = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        assert_eq!(packet.chunk.get(packet.start as usize..packet.end as usize), Some(packet.data));
        all.push(Seen {
            timestamp_ns: packet.timestamp_ns,
            data: packet.data.to_vec(),
            original_length: packet.original_length,
            link_type: packet.link_type,
            interface: packet.interface,
            offset: packet.offset,
            record_length: packet.record_length,
        });
    }
    (all, reader.warnings().to_vec())
}
