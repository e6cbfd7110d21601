//! Random rows, written and read back with another reader of the format, are equal to what was written.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use lookback_segment::{DocumentOptions, SegmentInfo, SegmentTarget, SegmentWriter, document};
use lookback_session::core_fields::{PROTOCOLS, SOURCE_IP, SOURCE_MAC};
use lookback_session::{Count, Ends, Fields, PacketPosition, Session, Value};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Encoding, LogicalType};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Map, Value as Json, json};
use std::fs::{self, File};
use std::path::Path;

mod support;

use support::*;

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
    let mut sessions: Vec<Session> = (0..20_000).map(|_| random.session()).collect();
    // Each is a row of its own: of several versions of one only the highest would be written.
    for (at, session) in (0u16..).zip(&mut sessions) {
        session.id[..2].copy_from_slice(&at.to_be_bytes());
    }
    let segments = write(&folder, &sessions);
    assert!((3..=4).contains(&segments.len()), "one a day: {}", segments.len());

    let mut left: Vec<&Session> = sessions.iter().collect();
    for segment in &segments {
        assert_eq!(segment.left_out, 0);
        for batch in read(&folder.0.join(&segment.path)) {
            assert_eq!(batch.num_columns(), segment.columns.len());
            for row in 0..batch.num_rows() {
                // No two have their packets at the same places.
                let positions = batch.column_by_name("packetPos").expect("positions");
                let positions = positions.as_binary::<i32>().value(row);
                let at = left.iter().position(|session| session.positions.as_bytes() == positions);
                let session = left.swap_remove(at.expect("a row more than was written"));
                let mut want = expected_row(session);
                for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                    if field.name() == "packetPos" {
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
    assert!(left.is_empty(), "a row was lost");
}

#[test]
fn a_segment_says_what_it_holds() {
    let folder = Folder::new("info");
    let mut random = Random(3);
    let mut sessions: Vec<Session> = (0..50).map(|_| random.session()).collect();
    for (at, session) in sessions.iter_mut().enumerate() {
        session.first_packet_us = 1_764_028_799_000_000 + at as i64 * 1_000;
        session.last_packet_us = 1_764_028_800_000_000 + at as i64 * 1_000;
        session.id = stamped(session.id, session.first_packet_us);
        session.is_final = at % 10 != 0;
    }
    let segments = write(&folder, &sessions);
    assert_eq!(segments.len(), 1);
    let info = &segments[0];
    assert_eq!((info.day.as_str(), info.replaced), ("2025-11-25", false));
    assert_eq!((info.rows, info.open_rows, info.level), (50, 5, 0));
    assert_eq!(
        (info.first_ms, info.min_last_ms, info.last_ms),
        (1_764_028_799_000, 1_764_028_800_000, 1_764_028_800_049)
    );
    assert!(info.path.starts_with("2025-11-25/0-1764028799000-1764028800049-"), "{}", info.path);
    assert_eq!(info.bytes, fs::metadata(folder.0.join(&info.path)).expect("a file").len());
    assert_eq!(info.total_packets, sessions.iter().flat_map(|session| session.packets).sum::<u64>());

    let again = write(&folder, &sessions);
    let equal: Vec<_> =
        segments.iter().map(|segment| SegmentInfo { replaced: true, ..segment.clone() }).collect();
    assert_eq!(again, equal, "the same rows have the same name and bytes");
    let left: Vec<_> = fs::read_dir(folder.0.join("2025-11-25")).expect("a day").collect();
    assert_eq!(left.len(), 1, "nothing temporary stays");

    // The same ids and positions with other values: what is there may be in use.
    sessions[0].fields.add_text(&PROTOCOLS, "other");
    let other = write(&folder, &sessions);
    assert!(other[0].path != segments[0].path && !other[0].replaced);
    assert!(folder.0.join(&segments[0].path).exists());
}

#[test]
fn times_hold_ids_of_rows_whose_last_packet_is_stamped_before_the_first() {
    let folder = Folder::new("reversed");
    let mut session = Random(9).session();
    session.first_packet_us = 1_764_028_800_900_000;
    session.last_packet_us = 1_764_028_800_100_000;
    // The id has the time of the segment's own first packet, which is neither.
    session.id = stamped(session.id, 1_764_028_801_300_000);
    let segments = write(&folder, std::slice::from_ref(&session));
    let times = |info: &SegmentInfo| (info.first_ms, info.min_last_ms, info.last_ms);
    assert_eq!(times(&segments[0]), (1_764_028_800_100, 1_764_028_800_100, 1_764_028_801_300));
    let [row] = read(&folder.0.join(&segments[0].path)).try_into().expect("a batch");
    let [earliest, latest] = ["packetRange.gte", "packetRange.lte"]
        .map(|name| cell(row.column_by_name(name).expect("the column"), 0).as_i64());
    assert_eq!([earliest, latest], session.packet_range_us().map(|us| Some(us / 1_000)));
    assert!(earliest < latest, "a range that ends before it begins is refused by a search cluster");
    session.id = stamped(session.id, 0);
    assert_eq!(times(&write(&folder, &[session])[0]), (0, 1_764_028_800_100, 1_764_028_800_900));
}

#[test]
fn types_are_those_that_readers_count_on() {
    let folder = Folder::new("types");
    let mut random = Random(5);
    let mut session = random.session();
    let mut object = Fields::new();
    object.add_text(&REPLY_NAME, "x");
    let mut part = Fields::new();
    part.add_ip(&PART_IP, random.bytes());
    object.add_object(&PARTS, &part);
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
    assert!(leaves.iter().all(|leaf| leaf.path().string() != "o.list.element.never"), "no row uses it");
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
fn objects_without_members_are_written_with_one_that_is_declared() {
    let folder = Folder::new("empty-objects");
    let mut session = Random(3).session();
    session.fields = Fields::new();
    session.fields.add_object(&REPLIES, &Fields::new());
    let segments = write(&folder, &[session]);
    let file = File::open(folder.0.join(&segments[0].path)).expect("a segment");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("rows")).collect();
    let column = batches[0].column_by_name("o").expect("the list");
    assert_eq!(cell(column, 0), json!([{}]));
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

#[test]
fn new_segments_have_dictionaries_of_what_repeats_alone() {
    let folder = Folder::new("dictionaries");
    let mut random = Random(5);
    let sessions: Vec<Session> = (0..400)
        .map(|number| {
            let mut session = random.session();
            // All on one day.
            (session.first_packet_us, session.last_packet_us) =
                (1_764_000_000_000_000, 1_764_000_000_000_000);
            session.fields = Fields::new();
            session.fields.add_text(&HOST, &format!("host-{number}"));
            session.fields.add_text(&LINES, ["one", "two"][number % 2]);
            let mut reply = Fields::new();
            reply.add_text(&REPLY_NAME, &format!("reply-{number}"));
            reply.add_integer(&REPLY_CODE, number as i64 % 3);
            session.fields.add_object(&REPLIES, &reply);
            session
        })
        .collect();
    let segments = write(&folder, &sessions);
    let file = File::open(folder.0.join(&segments[0].path)).expect("a segment");
    let group = SerializedFileReader::new(file).expect("Parquet").metadata().row_group(0).clone();
    let dictionary = |path: &str| {
        let column = group.columns().iter().find(|column| column.column_path().string() == path);
        let column = column.unwrap_or_else(|| panic!("{path}"));
        column.encodings().any(|encoding| encoding == Encoding::RLE_DICTIONARY)
    };
    let with =
        ["t.lines.list.element", "node", "id", "t.host.list.element", "o.list.element.name.list.element"]
            .map(dictionary);
    assert_eq!(with, [true, true, false, false, false]);
    for numbers in ["source.packets", "fileId.list.element", "o.list.element.code"] {
        assert!(!dictionary(numbers), "{numbers}");
    }
}
