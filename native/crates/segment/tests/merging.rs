//! Segments merged into one hold what one segment of all their rows would hold, and members of objects in columns too.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use lookback_segment::{
    FlatColumn, FlatValues, IndexPeriod, Merge, MergeInput, SegmentDocuments, SegmentError, SegmentInfo,
    merge,
};
use lookback_session::Session;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use support::*;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;
/// A midnight.
const START_US: i64 = 20_420 * DAY_US;

/// Rows of one day with ids of their own.
fn rows(random: &mut Random, count: usize) -> Vec<Session> {
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    while rows.len() < count {
        let mut row = random.session();
        let last = START_US + HOUR_US + random.below(20 * HOUR_US as u64) as i64;
        // Few times, so that ids decide of the order.
        row.last_packet_us = last - last % 600_000_000;
        // Of some the last packet is stamped before the first.
        row.first_packet_us = row.last_packet_us + if random.one_in(5) { 7_000_000 } else { -1_000 };
        if seen.insert(row.id) {
            rows.push(row);
        }
    }
    rows
}

fn flat_columns() -> Vec<FlatColumn> {
    let column = |name: &str, members: &[&str], values| FlatColumn {
        name: name.to_owned(),
        list: "o".to_owned(),
        members: members.iter().map(|&member| member.to_owned()).collect(),
        values,
    };
    vec![
        column("o.name", &["name"], FlatValues::Text),
        column("o.code", &["code"], FlatValues::Integer),
        column("o.parts.ip", &["parts", "ip"], FlatValues::Address),
        column("o.parts.text", &["parts", "text"], FlatValues::Text),
        column("o.absent", &["absent"], FlatValues::Address),
    ]
}

fn options(inputs: Vec<MergeInput>, keep: Option<HashSet<[u8; 16]>>, output: PathBuf) -> Merge {
    let (day, id) = ("2025-11-28".to_owned(), "0123456789abcdef".to_owned());
    Merge { inputs, day, keep, flat: flat_columns(), level: 1, id, output }
}

fn merged(
    folder: &Folder,
    name: &str,
    inputs: Vec<MergeInput>,
    keep: Option<HashSet<[u8; 16]>>,
) -> (Option<SegmentInfo>, PathBuf) {
    let output = folder.0.join(name);
    let options = options(inputs, keep, output.clone());
    (merge(&options, &AtomicBool::new(false)).expect("merged"), output)
}

fn input(folder: &Folder, segment: &SegmentInfo, hidden: &[[u8; 16]]) -> MergeInput {
    MergeInput { path: folder.0.join(&segment.path), hidden: hidden.iter().copied().collect() }
}

/// Every row as JSON by column, without its nulls.
fn table(path: &Path) -> Vec<BTreeMap<String, Json>> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("the file")).expect("Parquet");
    let mut out = Vec::new();
    for batch in reader.build().expect("a reader") {
        let batch: RecordBatch = batch.expect("rows");
        for row in 0..batch.num_rows() {
            let cells = batch.schema_ref().fields().iter().zip(batch.columns());
            let cells = cells.map(|(field, column)| (field.name().clone(), cell(column, row)));
            out.push(cells.filter(|(_, value)| !value.is_null()).collect());
        }
    }
    out
}

/// Rows by time and id: as written, they lie by the fields that they use.
fn in_order(mut rows: Vec<BTreeMap<String, Json>>) -> Vec<BTreeMap<String, Json>> {
    rows.sort_by_key(|row| {
        (row.get("lastPacket").and_then(Json::as_i64), row.get("id").map(Json::to_string))
    });
    rows
}

/// The values of a member of all objects of a row.
fn members_of(objects: &Json, path: &[&str]) -> Vec<Json> {
    let Some((first, rest)) = path.split_first() else {
        return objects.as_array().map_or_else(|| vec![objects.clone()], Vec::clone);
    };
    let objects = objects.as_array().into_iter().flatten();
    objects.filter_map(|object| object.get(first)).flat_map(|inner| members_of(inner, rest)).collect()
}

#[test]
fn a_merge_holds_what_one_segment_of_all_rows_would() {
    for seed in 1..=12 {
        let mut random = Random(seed);
        let all = rows(&mut random, 40 + 60 * seed as usize);
        let parts = Folder::new(&format!("merge-parts-{seed}"));
        let whole = Folder::new(&format!("merge-whole-{seed}"));
        let size = 1 + all.len() / (1 + random.below(6) as usize);
        let segments: Vec<SegmentInfo> = all.chunks(size).flat_map(|some| write(&parts, some)).collect();
        let hidden: Vec<[u8; 16]> = all.iter().filter(|_| random.one_in(5)).map(|row| row.id).collect();
        let visible: Vec<Session> = all.iter().filter(|row| !hidden.contains(&row.id)).cloned().collect();
        let [expected] = write(&whole, &visible).try_into().expect("one day");

        let inputs = segments.iter().map(|segment| input(&parts, segment, &hidden)).collect();
        let (info, output) = merged(&parts, "merged", inputs, None);
        let info = info.expect("rows");
        let (found, wanted) = (table(&output), in_order(table(&whole.0.join(&expected.path))));
        assert_eq!(found.len(), wanted.len());
        let flat: Vec<FlatColumn> = flat_columns();
        for (found, wanted) in found.iter().zip(&wanted) {
            let own = found.iter().filter(|(name, _)| flat.iter().all(|column| column.name != **name));
            let own: BTreeMap<String, Json> =
                own.map(|(name, value)| (name.clone(), value.clone())).collect();
            assert_eq!(&own, wanted);
            for column in &flat {
                let path: Vec<&str> = column.members.iter().map(String::as_str).collect();
                let values = wanted.get("o").map(|objects| Json::from(members_of(objects, &path)));
                let values = values.filter(|_| column.name != "o.absent");
                assert_eq!(found.get(&column.name), values.as_ref(), "{}", column.name);
            }
        }
        assert_eq!(
            (info.rows, info.first_ms, info.min_last_ms, info.last_ms, info.open_rows),
            (expected.rows, expected.first_ms, expected.min_last_ms, expected.last_ms, expected.open_rows)
        );
        assert_eq!((info.total_packets, info.total_bytes), (expected.total_packets, expected.total_bytes));
        assert_eq!((&info.day, info.level), (&expected.day, 1));
        let (first, last) = (info.first_ms, info.last_ms);
        assert_eq!(info.path, format!("{}/1-{first}-{last}-0123456789abcdef.parquet", expected.day));
        assert_eq!(info.bytes, fs::metadata(&output).expect("the file").len());
        assert!(expected.columns.iter().all(|name| info.columns.contains(name)));
        assert!(info.columns.contains(&"o.absent".to_owned()), "there, and without values");

        // Merged again, with one that was not: what is flat already is taken as it is.
        let more = rows(&mut random, 30);
        let more: Vec<Session> =
            more.into_iter().filter(|row| all.iter().all(|old| old.id != row.id)).collect();
        let later = write(&parts, &more);
        let once = MergeInput { path: output, hidden: HashSet::new() };
        let inputs = later.iter().map(|segment| input(&parts, segment, &[])).chain([once]).collect();
        let (_, twice) = merged(&parts, "twice", inputs, None);
        let together = Folder::new(&format!("merge-together-{seed}"));
        let [expected] = write(&together, &[visible, more].concat()).try_into().expect("one day");
        let names = |rows: &[BTreeMap<String, Json>]| -> Vec<Option<Json>> {
            rows.iter()
                .map(|row| row.get("o").map(|objects| Json::from(members_of(objects, &["name"]))))
                .collect()
        };
        let wanted = in_order(table(&together.0.join(&expected.path)));
        let found = table(&twice);
        assert_eq!(names(&found), names(&wanted));
        let flat: Vec<Option<Json>> = found.iter().map(|row| row.get("o.name").cloned()).collect();
        assert_eq!(flat, names(&wanted));
    }
}

#[test]
fn only_what_is_kept_is_written_and_without_any_row_there_is_no_file() {
    let folder = Folder::new("merge-keep");
    let mut random = Random(99);
    let all = rows(&mut random, 50);
    let segments = write(&folder, &all);
    let inputs =
        |hidden: &[[u8; 16]]| segments.iter().map(|segment| input(&folder, segment, hidden)).collect();
    let kept: HashSet<[u8; 16]> = all.iter().take(7).map(|row| row.id).collect();
    let (info, output) = merged(&folder, "kept", inputs(&[all[0].id]), Some(kept));
    assert_eq!((info.expect("rows").rows, table(&output).len()), (6, 6));
    let (info, output) = merged(&folder, "none", inputs(&[]), Some(HashSet::new()));
    assert_eq!(info, None);
    assert!(!output.exists());
}

/// A segment with an id, a time and one more column.
fn small(folder: &Folder, name: &str, column: &str, values: ArrayRef) -> MergeInput {
    let rows = values.len();
    let ids = arrow_array::FixedSizeBinaryArray::try_from_iter((0..rows).map(|row| {
        let mut id = [0; 16];
        id[0] = name.as_bytes().first().copied().unwrap_or(0);
        id[15] = row as u8;
        id
    }));
    let schema = Schema::new(vec![
        Field::new("id", DataType::FixedSizeBinary(16), false),
        Field::new("lastPacket", DataType::Int64, false),
        Field::new(column, values.data_type().clone(), true),
    ]);
    let times = Int64Array::from_iter_values(0..rows as i64);
    let batch =
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(ids.expect("ids")), Arc::new(times), values]);
    let batch = batch.expect("rows");
    let path = folder.0.join(name);
    let mut writer =
        ArrowWriter::try_new(File::create(&path).expect("a file"), batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    MergeInput { path, hidden: HashSet::new() }
}

#[test]
fn numbers_become_wider_and_what_cannot_be_one_is_named() {
    let folder = Folder::new("merge-types");
    let whole = || -> ArrayRef { Arc::new(Int64Array::from(vec![Some(1), None])) };
    let narrow: ArrayRef = Arc::new(arrow_array::Int32Array::from(vec![7, 8]));
    let broken: ArrayRef = Arc::new(arrow_array::Float64Array::from(vec![0.5]));
    let inputs = vec![
        small(&folder, "a", "x", whole()),
        small(&folder, "b", "x", narrow),
        small(&folder, "c", "x", broken),
    ];
    let (_, output) = merged(&folder, "wide", inputs, None);
    let values: Vec<Option<Json>> = table(&output).iter().map(|row| row.get("x").cloned()).collect();
    let numbers: Vec<Option<f64>> =
        values.iter().map(|value| value.as_ref().and_then(Json::as_f64)).collect();
    assert_eq!(numbers, [Some(1.0), Some(7.0), Some(0.5), None, Some(8.0)]);

    let text: ArrayRef = Arc::new(StringArray::from(vec!["one"]));
    let inputs = vec![small(&folder, "d", "x", whole()), small(&folder, "e", "x", text)];
    let options = options(inputs, None, folder.0.join("never"));
    let error = merge(&options, &AtomicBool::new(false)).expect_err("two types");
    assert!(matches!(&error, SegmentError::Unlike { column, .. } if column == "x"), "{error}");
    assert_eq!(error.code(), "UNAVAILABLE");
}

#[test]
fn a_damaged_segment_is_named_and_a_merge_can_be_cancelled() {
    let folder = Folder::new("merge-damage");
    let mut random = Random(5);
    let all = rows(&mut random, 400);
    let [one, two] = [write(&folder, &all[..200]).remove(0), write(&folder, &all[200..]).remove(0)];
    let inputs = || vec![input(&folder, &one, &[]), input(&folder, &two, &[])];
    let run = |name: &str, cancel: bool| {
        let output = folder.0.join(name);
        let options = options(inputs(), None, output);
        merge(&options, &AtomicBool::new(cancel))
    };
    assert!(matches!(run("cancelled", true), Err(SegmentError::Cancelled)));

    // Whatever byte is wrong: an error that names the file, or a result; no panic.
    let path = folder.0.join(&two.path);
    let good = fs::read(&path).expect("the segment");
    for turn in 0..1_000 {
        let mut bytes = good.clone();
        for _ in 0..1 + random.below(4) {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << random.below(8);
        }
        if random.one_in(4) {
            bytes.truncate(random.below(good.len() as u64) as usize);
        }
        fs::write(&path, &bytes).expect("damaged");
        match run(&format!("damaged-{turn}"), false) {
            Ok(_) => {}
            Err(SegmentError::Damaged { path: named, .. }) => assert_eq!(named, path),
            Err(SegmentError::Unlike { .. } | SegmentError::Encoding(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

/// The documents that a segment is shipped as, by the lines of their actions.
fn documents(path: &Path) -> BTreeMap<String, Json> {
    let periods = vec![IndexPeriod { start_ms: 0, index: "i".to_owned() }];
    let mut segment =
        SegmentDocuments::open(path, DECLARED.iter().copied(), periods, "s".to_owned()).expect("a segment");
    let mut found = BTreeMap::new();
    while let Some(bulk) = segment.next_lines(1 << 20).expect("lines") {
        let text = String::from_utf8(bulk.lines).expect("text");
        let mut lines = text.lines();
        while let (Some(action), Some(document)) = (lines.next(), lines.next()) {
            found.insert(action.to_owned(), serde_json::from_str(document).expect("JSON"));
        }
    }
    found
}

#[test]
fn merged_rows_are_shipped_as_the_documents_that_they_were() {
    let mut random = Random(11);
    let all = rows(&mut random, 40);
    let folder = Folder::new("documents");
    let [segment] = write(&folder, &all).try_into().expect("one day");
    let (_, output) = merged(&folder, "merged", vec![input(&folder, &segment, &[])], None);
    let before = documents(&folder.0.join(&segment.path));
    assert_eq!(before.len(), 40);
    assert!(before.values().any(|document| document.get("o").is_some()), "some have objects");
    assert_eq!(documents(&output), before);
}
