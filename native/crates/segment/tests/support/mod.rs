//! Random rows, folders that go away, and cells of columns as JSON.

#![allow(missing_docs, dead_code, reason = "names say it, and not every test needs all of it")]

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_schema::DataType;
use lookback_segment::{SegmentInfo, SegmentTarget, SegmentWriter};
use lookback_session::core_fields::{PROTOCOLS, SOURCE_MAC, TAGS, VLAN};
use lookback_session::{Ends, FieldSpec, Fields, Kind, PacketPosition, Session, TcpFlagCounts};
use serde_json::Value as Json;
use std::fs;
use std::path::PathBuf;

pub static HOST: FieldSpec = FieldSpec::set("t", "host", "t.host", Kind::LowerTerm);
pub static LINES: FieldSpec = FieldSpec::list("t", "lines", "t.lines", Kind::Text);
pub static ADDRESS: FieldSpec = FieldSpec::set("t", "ip", "t.ip", Kind::Ip);
pub static CODE: FieldSpec = FieldSpec::one("t", "code", "t.code", Kind::Integer);
pub static SCORE: FieldSpec = FieldSpec::one("t", "score", "t.score", Kind::Float);
pub static DONE: FieldSpec = FieldSpec::one("t", "done", "t.done", Kind::Boolean);
pub static SERVER: FieldSpec = FieldSpec::one("t", "server", "t.server", Kind::Ip);
pub static TITLE: FieldSpec = FieldSpec::one("t", "title", "t.title", Kind::UpperTerm);
pub static REPLIES: FieldSpec = FieldSpec::objects("o", "o");
pub static REPLY_NAME: FieldSpec = FieldSpec::set("o", "o.name", "o.name", Kind::Term).member_of("o");
pub static REPLY_CODE: FieldSpec = FieldSpec::one("o", "o.code", "o.code", Kind::Integer).member_of("o");
pub static PARTS: FieldSpec = FieldSpec::objects("o", "o.parts").member_of("o");
pub static PART_IP: FieldSpec =
    FieldSpec::one("o", "o.parts.ip", "o.parts.ip", Kind::Ip).member_of("o.parts");
pub static PART_TEXT: FieldSpec =
    FieldSpec::list("o", "o.parts.text", "o.parts.text", Kind::Term).member_of("o.parts");
pub static NEVER_USED: FieldSpec = FieldSpec::one("o", "o.never", "o.never", Kind::Seconds).member_of("o");
/// Not among the declared ones: the writer meets it in a row.
pub static SURPRISE: FieldSpec = FieldSpec::one("o", "", "o.surprise", Kind::Boolean).member_of("o");
/// A second declaration of a path.
pub static HOST_AGAIN: FieldSpec = FieldSpec::set("u", "u.host", "t.host", Kind::LowerTerm);

pub static DECLARED: &[&FieldSpec] = &[
    &HOST,
    &LINES,
    &ADDRESS,
    &CODE,
    &REPLIES,
    &REPLY_NAME,
    &REPLY_CODE,
    &PARTS,
    &PART_IP,
    &PART_TEXT,
    &NEVER_USED,
];

/// xorshift64*: the same rows on every run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    pub fn bytes(&mut self) -> [u8; 16] {
        let (a, b) = (self.next(), self.next());
        if self.one_in(2) {
            let mut address = [0; 16];
            address[10..].copy_from_slice(&[0xff, 0xff, 10, a as u8 & 3, b as u8, 1]);
            return address;
        }
        [a.to_be_bytes(), b.to_be_bytes()].concat().try_into().expect("16 bytes")
    }
    pub fn text(&mut self) -> String {
        (0..self.below(9)).map(|_| ['a', 'é', '0', '.', '\0', '語'][self.below(6) as usize]).collect()
    }
    pub fn fields(&mut self) -> Fields {
        let mut fields = Fields::new();
        for _ in 0..self.below(8) {
            match self.below(16) {
                0 => fields.add_text(&HOST, &self.text()),
                1 => fields.add_text(&LINES, &self.text()),
                2 => fields.add_ip(&ADDRESS, self.bytes()),
                3 => fields.add_integer(&CODE, self.next() as i64),
                4 => fields.add_text(&TITLE, &self.text()),
                5 => fields.add_ip(&SERVER, self.bytes()),
                6 => fields.add_integer(&VLAN, self.below(4096) as i64),
                7 => fields.add_text(&TAGS, &self.text()),
                8 => fields.add_text(&SOURCE_MAC, "02:00:00:00:00:01"),
                9 => {
                    fields.set_float(&SCORE, self.below(1000) as f64 / 8.0);
                    true
                }
                10 => {
                    fields.set_boolean(&DONE, self.one_in(2));
                    true
                }
                11..=13 => {
                    fields.add_object(&REPLIES, &self.object());
                    true
                }
                _ => fields.add_text(&PROTOCOLS, ["tcp", "udp", "dns"][self.below(3) as usize]),
            };
        }
        fields
    }
    pub fn object(&mut self) -> Fields {
        let mut object = Fields::new();
        for _ in 0..self.below(3) {
            object.add_text(&REPLY_NAME, &self.text());
        }
        if self.one_in(2) {
            object.add_integer(&REPLY_CODE, self.below(10) as i64);
        }
        if self.one_in(5) {
            object.set_boolean(&SURPRISE, true);
        }
        for _ in 0..self.below(3) {
            let mut part = Fields::new();
            if self.one_in(2) {
                part.add_ip(&PART_IP, self.bytes());
            }
            for _ in 0..self.below(3) {
                part.add_text(&PART_TEXT, &self.text());
            }
            object.add_object(&PARTS, &part);
        }
        object
    }
    pub fn session(&mut self) -> Session {
        let start = 1_764_000_000_000_000 + self.below(3 * 86_400_000_000) as i64;
        let last = start + self.below(90_000_000) as i64;
        let tcp = self.one_in(2);
        let id = stamped(self.bytes(), start);
        let mut offset = self.below(1 << 34);
        let positions = (0..1 + self.below(20)).map(|_| {
            offset += self.below(1 << 20);
            PacketPosition { file: 1 + self.below(2) as u32, length: self.below(1600) as u32, offset }
        });
        Session {
            positions: positions.collect(),
            id,
            root_id: if self.one_in(9) { self.bytes() } else { id },
            row_version: 1 + self.below(3) as u32,
            is_final: !self.one_in(7),
            segment_number: 1 + self.below(3) as u32,
            first_packet_us: start,
            segment_first_us: start + 5_000,
            last_packet_us: last,
            ip_protocol: if tcp { 6 } else { 17 },
            ethertype: (!self.one_in(4)).then_some(0x0800),
            ends: (!self.one_in(6)).then(|| Ends {
                address: [self.bytes(), self.bytes()],
                port: [self.below(65_536) as u16, 53],
            }),
            packets: [self.below(100), self.below(100)],
            bytes: [self.below(1 << 40), self.below(5000)],
            data_bytes: [self.below(4000), self.below(4000)],
            payload8: [self.one_in(2).then(|| (self.next().to_be_bytes(), self.below(9) as u8)), None],
            community_id: (!self.one_in(4)).then(|| {
                let mut digest = [0; 20];
                digest[..16].copy_from_slice(&self.bytes());
                digest
            }),
            tcp_flags: tcp.then(|| TcpFlagCounts {
                syn: 1,
                ack: self.below(50) as u32,
                zero_window: [1, 2],
                ..Default::default()
            }),
            initial_rtt_ms: tcp.then(|| self.below(300) as u32),
            tcp_sequence: [tcp.then(|| self.next() as u32), None],
            syn_validated: tcp,
            syn_ack_validated: tcp && self.one_in(2),
            source_isn_count: u32::from(tcp),
            bytes_after_packets: (0..self.below(5)).map(|at| 60 << at).collect(),
            fields: self.fields(),
        }
    }
}

pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lookback-segment-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn write(folder: &Folder, sessions: &[Session]) -> Vec<SegmentInfo> {
    let target = SegmentTarget { directory: &folder.0, level: 0, node: "sensor", stream: [7; 16] };
    SegmentWriter::new(DECLARED.iter().copied()).write(sessions, &target).expect("written")
}

pub fn hex(bytes: &[u8]) -> Json {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// One cell as JSON: bytes and UUIDs as hex, a struct without its null members.
pub fn cell(array: &dyn Array, row: usize) -> Json {
    if array.is_null(row) {
        return Json::Null;
    }
    match array.data_type() {
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::Binary => hex(array.as_binary::<i32>().value(row)),
        DataType::FixedSizeBinary(16) => hex(array.as_fixed_size_binary().value(row)),
        DataType::List(_) => {
            let values = array.as_list::<i32>().value(row);
            (0..values.len()).map(|at| cell(&values, at)).collect()
        }
        DataType::Struct(fields) => {
            let members = fields.iter().zip(array.as_struct().columns());
            let members = members.map(|(field, column)| (field.name().clone(), cell(column, row)));
            Json::Object(members.filter(|(_, value)| !value.is_null()).collect())
        }
        other => panic!("a type that the contract does not have: {other}"),
    }
}

/// An id with the time of its row's own first packet, microseconds since 1970, in its first 48 bits.
pub fn stamped(mut id: [u8; 16], first_us: i64) -> [u8; 16] {
    id[..6].copy_from_slice(&first_us.div_euclid(1_000).to_be_bytes()[2..]);
    id
}
