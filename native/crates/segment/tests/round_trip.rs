//! Random rows, written and read back with another reader of the format, are equal to what was written.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use lookback_segment::{DocumentOptions, SegmentInfo, SegmentTarget, SegmentWriter, document};
use lookback_session::core_fields::{PROTOCOLS, SOURCE_IP, SOURCE_MAC, TAGS, VLAN};
use lookback_session::{Count, Ends, FieldSpec, Fields, Kind, PacketPosition, Session, TcpFlagCounts, Value};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::LogicalType;
use serde_json::{Map, Value as Json, json};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

static HOST: FieldSpec = FieldSpec::set("t", "host", "t.host", Kind::LowerTerm);
static LINES: FieldSpec = FieldSpec::list("t", "lines", "t.lines", Kind::Text);
static ADDRESS: FieldSpec = FieldSpec::set("t", "ip", "t.ip", Kind::Ip);
static CODE: FieldSpec = FieldSpec::one("t", "code", "t.code", Kind::Integer);
static SCORE: FieldSpec = FieldSpec::one("t", "score", "t.score", Kind::Float);
static DONE: FieldSpec = FieldSpec::one("t", "done", "t.done", Kind::Boolean);
static SERVER: FieldSpec = FieldSpec::one("t", "server", "t.server", Kind::Ip);
static TITLE: FieldSpec = FieldSpec::one("t", "title", "t.title", Kind::UpperTerm);
static REPLIES: FieldSpec = FieldSpec::objects("o", "o");
static REPLY_NAME: FieldSpec = FieldSpec::set("o", "o.name", "o.name", Kind::Term).member_of("o");
static REPLY_CODE: FieldSpec = FieldSpec::one("o", "o.code", "o.code", Kind::Integer).member_of("o");
static PARTS: FieldSpec = FieldSpec::objects("o", "o.parts").member_of("o");
static PART_IP: FieldSpec = FieldSpec::one("o", "o.parts.ip", "o.parts.ip", Kind::Ip).member_of("o.parts");
static PART_TEXT: FieldSpec =
    FieldSpec::list("o", "o.parts.text", "o.parts.text", Kind::Term).member_of("o.parts");
static NEVER_USED: FieldSpec = FieldSpec::one("o", "o.never", "o.never", Kind::Seconds).member_of("o");
/// Not among the declared ones: the writer meets it in a row.
static SURPRISE: FieldSpec = FieldSpec::one("o", "", "o.surprise", Kind::Boolean).member_of("o");
/// A second declaration of a path.
static HOST_AGAIN: FieldSpec = FieldSpec::set("u", "u.host", "t.host", Kind::LowerTerm);

static DECLARED: &[&FieldSpec] = &[
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
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }
    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    fn bytes(&mut self) -> [u8; 16] {
        let (a, b) = (self.next(), self.next());
        if self.one_in(2) {
            let mut address = [0; 16];
            address[10..].copy_from_slice(&[0xff, 0xff, 10, a as u8 & 3, b as u8, 1]);
            return address;
        }
        [a.to_be_bytes(), b.to_be_bytes()].concat().try_into().expect("16 bytes")
    }
    fn text(&mut self) -> String {
        (0..self.below(9)).map(|_| ['a', 'é', '0', '.', '\0', '語'][self.below(6) as usize]).collect()
    }
    fn fields(&mut self) -> Fields {
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
    fn object(&mut self) -> Fields {
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
    fn session(&mut self) -> Session {
        let start = 1_764_000_000_000_000 + self.below(3 * 86_400_000_000) as i64;
        let last = start + self.below(90_000_000) as i64;
        let tcp = self.one_in(2);
        let id = self.bytes();
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

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
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

fn write(folder: &Folder, sessions: &[Session]) -> Vec<SegmentInfo> {
    let target = SegmentTarget { directory: &folder.0, level: 0, node: "sensor", stream: [7; 16] };
    SegmentWriter::new(DECLARED.iter().copied()).write(sessions, &target).expect("written")
}

fn hex(bytes: &[u8]) -> Json {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// One cell as JSON: bytes and UUIDs as hex, a struct without its null members.
fn cell(array: &dyn Array, row: usize) -> Json {
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

fn expected(value: &Value) -> Json {
    match value {
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Boolean(yes) => (*yes).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Ip(address) => hex(address),
        Value::Integers(numbers) => numbers.iter().copied().collect(),
        Value::Texts(texts) => texts.iter().map(|text| text.as_str()).collect(),
        Value::Ips(addresses) => addresses.iter().map(|address| hex(address)).collect(),
        Value::Objects(objects) => objects
            .iter()
            .map(|object| {
                let members = object.values().into_iter().map(|(field, value)| {
                    (field.path.rsplit('.').next().expect("a last part").to_owned(), expected(&value))
                });
                Json::Object(members.collect())
            })
            .collect(),
    }
}

fn expected_row(session: &Session) -> Map<String, Json> {
    let doc = document(session, &DocumentOptions::default());
    let mut row = Map::new();
    // What a document says of the general part, its columns must say too.
    for path in [
        "firstPacket",
        "lastPacket",
        "length",
        "ipProtocol",
        "ethertype",
        "segmentCnt",
        "source.port",
        "destination.port",
        "source.packets",
        "destination.packets",
        "network.packets",
        "source.bytes",
        "destination.bytes",
        "network.bytes",
        "client.bytes",
        "server.bytes",
        "totDataBytes",
        "network.community_id",
        "initRTT",
        "srcPayload8",
        "dstPayload8",
        "tcpseq.src",
        "tcpseq.dst",
        "tcpSynValidated",
        "tcpSynAckValidated",
        "srcISNCnt",
        "packetRange.gte",
        "packetRange.lte",
        "tcpflags.syn",
        "tcpflags.syn-ack",
        "tcpflags.ack",
        "tcpflags.srcZero",
        "tcpflags.dstZero",
        "tcpflags.fin",
    ] {
        let value = path.split('.').try_fold(&doc, |value, part| value.get(part));
        row.insert(path.to_owned(), value.cloned().unwrap_or(Json::Null));
    }
    row.insert("id".into(), hex(&session.id));
    row.insert("rootId".into(), hex(&session.root_id));
    row.insert("rowVersion".into(), session.row_version.into());
    row.insert("final".into(), session.is_final.into());
    row.insert("stream".into(), hex(&[7; 16]));
    row.insert("node".into(), "sensor".into());
    for (end, path) in ["source.ip", "destination.ip"].into_iter().enumerate() {
        row.insert(path.into(), session.ends.map_or(Json::Null, |ends| hex(&ends.address[end])));
    }
    let mut files: Vec<u32> = Vec::new();
    session.positions.to_vec().iter().for_each(|at| {
        if !files.contains(&at.file) {
            files.push(at.file)
        }
    });
    row.insert("fileId".into(), files.into());
    let bytes = &session.bytes_after_packets;
    row.insert("bytesByPacket".into(), if bytes.is_empty() { Json::Null } else { bytes.as_slice().into() });
    for (field, value) in session.fields.values() {
        row.insert(field.path.to_owned(), expected(&value));
    }
    row
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("a segment")).expect("Parquet");
    reader.build().expect("a reader").collect::<Result<_, _>>().expect("rows")
}

#[test]
fn rows_come_back_as_they_were() {
    let folder = Folder::new("rows");
    let mut random = Random(20_261_124);
    let sessions: Vec<Session> = (0..20_000).map(|_| random.session()).collect();
    let segments = write(&folder, &sessions);
    assert!((3..=4).contains(&segments.len()), "one a day: {}", segments.len());

    let mut order: Vec<&Session> = sessions.iter().collect();
    order.sort_by_key(|session| (session.last_packet_us.div_euclid(1000), session.id));
    let mut rows = order.into_iter();
    for segment in &segments {
        assert_eq!(segment.left_out, 0);
        for batch in read(&folder.0.join(&segment.path)) {
            assert_eq!(batch.num_columns(), segment.columns.len());
            for row in 0..batch.num_rows() {
                let session = rows.next().expect("a row more than was written");
                let mut want = expected_row(session);
                for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                    if field.name() == "packetPos" {
                        let bytes = column.as_binary::<i32>().value(row);
                        assert_eq!(bytes, session.positions.as_bytes());
                        continue;
                    }
                    let got = cell(column, row);
                    match want.remove(field.name()) {
                        Some(value) => assert_eq!(got, value, "{}", field.name()),
                        // The struct has every member; only a field that the row lacks may be missing here.
                        None => assert!(
                            got.is_null() || field.name().starts_with("tcpflags."),
                            "{} {got}",
                            field.name()
                        ),
                    }
                }
                want.retain(|_, value| !value.is_null());
                assert!(want.is_empty(), "no column for {want:?}");
            }
        }
    }
    assert!(rows.next().is_none(), "a row was lost");
}

#[test]
fn a_segment_says_what_it_holds() {
    let folder = Folder::new("info");
    let mut random = Random(3);
    let mut sessions: Vec<Session> = (0..50).map(|_| random.session()).collect();
    for (at, session) in sessions.iter_mut().enumerate() {
        session.first_packet_us = 1_764_028_799_000_000 + at as i64 * 1_000;
        session.last_packet_us = 1_764_028_800_000_000 + at as i64 * 1_000;
        session.is_final = at % 10 != 0;
    }
    let segments = write(&folder, &sessions);
    assert_eq!(segments.len(), 1);
    let info = &segments[0];
    assert_eq!(info.day, "2025-11-25");
    assert_eq!((info.rows, info.open_rows, info.level), (50, 5, 0));
    assert_eq!(
        (info.first_ms, info.min_last_ms, info.last_ms),
        (1_764_028_799_000, 1_764_028_800_000, 1_764_028_800_049)
    );
    assert!(info.path.starts_with("2025-11-25/0-1764028799000-1764028800049-"), "{}", info.path);
    assert_eq!(info.bytes, fs::metadata(folder.0.join(&info.path)).expect("a file").len());
    assert_eq!(info.total_packets, sessions.iter().flat_map(|session| session.packets).sum::<u64>());

    let again = write(&folder, &sessions);
    assert_eq!(again, segments, "the same rows have the same name and bytes");
    let left: Vec<_> = fs::read_dir(folder.0.join("2025-11-25")).expect("a day").collect();
    assert_eq!(left.len(), 1, "nothing temporary stays");
}

#[test]
fn types_are_those_that_readers_count_on() {
    let folder = Folder::new("types");
    let mut random = Random(5);
    let mut session = random.session();
    let mut object = Fields::new();
    object.add_text(&REPLY_NAME, "x");
    session.fields.add_object(&REPLIES, &object);
    let segments = write(&folder, &[session]);
    let file = File::open(folder.0.join(&segments[0].path)).expect("a segment");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let file_metadata = reader.metadata().file_metadata();
    let pairs = file_metadata.key_value_metadata().expect("metadata");
    assert!(pairs.iter().any(|pair| pair.key == "lookback.schema" && pair.value.as_deref() == Some("1")));
    let leaves = file_metadata.schema_descr().columns();
    let logical = |path: &str| {
        let leaf = leaves
            .iter()
            .find(|leaf| leaf.path().string() == path)
            .unwrap_or_else(|| panic!("{path} in {leaves:?}"));
        leaf.logical_type_ref().cloned()
    };
    assert_eq!(logical("id"), Some(LogicalType::Uuid));
    assert_eq!(logical("source.ip"), Some(LogicalType::Uuid));
    assert_eq!(logical("node"), Some(LogicalType::String));
    assert_eq!(logical("firstPacket"), None);
    assert_eq!(logical("o.list.element.parts.list.element.ip"), Some(LogicalType::Uuid));
    assert_eq!(logical("o.list.element.never"), None, "a declared member is there though no row uses it");
}

#[test]
fn two_declarations_of_one_path_share_its_column() {
    let folder = Folder::new("shared");
    let mut random = Random(6);
    let mut session = random.session();
    session.fields = Fields::new();
    session.fields.add_text(&HOST, "a");
    session.fields.add_text(&HOST_AGAIN, "b");
    session.fields.add_ip(&SOURCE_IP, [1; 16]);
    let segments = write(&folder, &[session]);
    let batch = &read(&folder.0.join(&segments[0].path))[0];
    assert_eq!(cell(batch.column_by_name("t.host").expect("a column"), 0), json!(["a", "b"]));
    assert_eq!(batch.schema().fields().iter().filter(|field| field.name() == "source.ip").count(), 1);
}

#[test]
fn a_document_nests_at_dots_and_counts() {
    let mut random = Random(9);
    let mut session = random.session();
    session.fields = Fields::new();
    session.ends = Some(Ends {
        address: [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 7], [0x20; 16]],
        port: [5, 6],
    });
    let mut positions = [
        PacketPosition { file: 3, length: 90, offset: 24 },
        PacketPosition { file: 3, length: 90, offset: 114 },
        PacketPosition { file: 3, length: 80, offset: 204 },
        PacketPosition { file: 3, length: 60, offset: 294 },
    ];
    session.positions = positions.into_iter().collect();
    session.payload8[0] = Some((*b"\x16\x03\x01....\x00", 3));
    session.community_id = Some([0xff; 20]);
    session.fields.add_text(&SOURCE_MAC, "02:00:00:00:00:01");
    session.fields.add_text(&HOST, "h");
    let mut object = Fields::new();
    object.add_text(&REPLY_NAME, "n");
    let mut part = Fields::new();
    part.add_text(&PART_TEXT, "p");
    object.add_object(&PARTS, &part);
    session.fields.add_object(&REPLIES, &object);

    let doc = document(&session, &DocumentOptions { gap_packet_positions: false, packet_lengths: true });
    assert_eq!(doc["source"]["ip"], "192.0.2.7");
    assert_eq!(doc["source"]["mac-cnt"], 1);
    assert_eq!(SOURCE_MAC.count, Count::EcsCnt);
    assert_eq!(doc["destination"]["ip"], "2020:2020:2020:2020:2020:2020:2020:2020");
    assert_eq!(doc["t"], json!({"host": ["h"], "hostCnt": 1}));
    assert_eq!(
        doc["o"],
        json!([{"name": ["n"], "nameCnt": 1, "parts": [{"text": ["p"], "textCnt": 1}], "partsCnt": 1}])
    );
    assert_eq!(doc["srcPayload8"], "160301");
    assert_eq!(doc["network"]["community_id"], "1://////////////////////////8=");
    assert_eq!(doc["packetPos"], json!([24, 114, 204, 294]));
    assert_eq!(doc["packetLen"], json!([90, 90, 80, 60]));

    let gap = document(&session, &DocumentOptions { gap_packet_positions: true, packet_lengths: false });
    assert_eq!(gap["packetPos"], json!([24, 90, 0, 0]));
    assert!(gap.get("packetLen").is_none());

    positions[3].file = 4;
    session.positions = positions.into_iter().collect();
    let two = document(&session, &DocumentOptions::default());
    assert_eq!(two["packetPos"], json!([-3, 24, 114, 204, -4, 294]));
}

#[test]
fn nothing_to_write_writes_nothing() {
    let folder = Folder::new("nothing");
    assert_eq!(write(&folder, &[]), []);
    assert_eq!(fs::read_dir(&folder.0).expect("a folder").count(), 0);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new("refused");
    let file = folder.0.join("a-file");
    fs::write(&file, b"").expect("a file");
    let target = SegmentTarget { directory: &file, level: 0, node: "n", stream: [0; 16] };
    let error =
        SegmentWriter::new([]).write(&[Random(1).session()], &target).expect_err("a file is no folder");
    assert_eq!(error.code(), "SEGMENT_IO");
    assert!(error.to_string().contains("a-file"), "{error}");
}
