//! In which order rows lie in a segment as it was captured.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use lookback_session::core_fields::{PROTOCOLS, SOURCE_MAC};
use lookback_session::{FieldSpec, Fields, Session};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use support::*;

/// A row of one second with these fields.
fn row(random: &mut Random, second: i64, fields: &[&'static FieldSpec]) -> Session {
    let mut row = random.session();
    row.last_packet_us = (1_764_000_000 + second) * 1_000_000;
    row.first_packet_us = row.last_packet_us;
    row.id = stamped(row.id, row.first_packet_us);
    row.packets = [second as u64, 0];
    row.fields = Fields::new();
    for field in fields {
        row.fields.add_text(field, "x");
    }
    row
}

/// The seconds of the rows of a segment, in their order.
fn seconds(path: &std::path::Path) -> Vec<i64> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("the file")).expect("Parquet");
    let mut seconds = Vec::new();
    for batch in reader.build().expect("a reader") {
        let batch = batch.expect("rows");
        let column = batch.column_by_name("network.packets").expect("the column");
        seconds.extend((0..batch.num_rows()).filter_map(|row| cell(column, row).as_i64()));
    }
    seconds
}

#[test]
fn rows_that_use_the_same_fields_lie_together_by_time() {
    let mut random = Random(3);
    let shapes: [&[&FieldSpec]; 3] = [&[], &[&PROTOCOLS, &SOURCE_MAC], &[&PROTOCOLS]];
    let rows: Vec<Session> =
        (1..=30).map(|second| row(&mut random, 31 - second, shapes[second as usize % 3])).collect();
    let folder = Folder::new("order");
    let [segment] = write(&folder, &rows).try_into().expect("one day");
    let found = seconds(&folder.0.join(&segment.path));
    let mut lots: Vec<&[i64]> = found.chunks(10).collect();
    assert!(
        lots.iter().all(|lot| lot.is_sorted() && lot.iter().all(|second| second % 3 == lot[0] % 3)),
        "{found:?}"
    );
    lots.sort();
    assert_eq!(lots.iter().map(|lot| lot[0]).collect::<Vec<_>>(), [1, 2, 3]);
    // What it says of its rows is of all of them.
    assert_eq!((segment.min_last_ms, segment.last_ms), (1_764_000_001_000, 1_764_000_030_000));

    // The order in which rows come changes nothing.
    let again = Folder::new("order-again");
    let [other] = write(&again, &rows.iter().rev().cloned().collect::<Vec<_>>()).try_into().expect("one day");
    assert_eq!(other.path, segment.path);
    assert_eq!(
        std::fs::read(again.0.join(&other.path)).expect("it"),
        std::fs::read(folder.0.join(&segment.path)).expect("it")
    );
}

#[test]
fn of_several_versions_that_waited_the_highest_is_written() {
    let mut random = Random(4);
    let version = |random: &mut Random, second: i64, id: u8, row_version: u32, is_final: bool| Session {
        id: [id; 16],
        row_version,
        is_final,
        ..row(random, second, &[])
    };
    let rows = [
        version(&mut random, 1, 1, 1, false),
        version(&mut random, 2, 1, 3, true),
        version(&mut random, 3, 1, 2, false),
        version(&mut random, 4, 2, 1, false),
        version(&mut random, 5, 3, 1, true),
    ];
    let folder = Folder::new("versions");
    let [segment] = write(&folder, &rows).try_into().expect("one day");
    assert_eq!(seconds(&folder.0.join(&segment.path)), [2, 4, 5]);
    assert_eq!((segment.rows, segment.open_rows), (3, 1));
}
