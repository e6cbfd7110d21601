//! `merge_rate OUT SEGMENT…`: merges segments into one file and prints what it took. Each member of a list of objects
//! becomes a column, as in the product.

use arrow_schema::{DataType, Field};
use lookback_segment::{FlatColumn, FlatValues, Merge, MergeInput, merge};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::HashSet;
use std::error::Error;
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn members(list: &str, path: &[String], field: &Field, found: &mut Vec<FlatColumn>) {
    let DataType::List(item) = field.data_type() else { return };
    let DataType::Struct(inside) = item.data_type() else { return };
    for member in inside {
        let path: Vec<String> = path.iter().cloned().chain([member.name().clone()]).collect();
        let objects = matches!(member.data_type(), DataType::List(item) if matches!(item.data_type(), DataType::Struct(_)));
        if objects {
            members(list, &path, member, found);
        } else {
            found.push(FlatColumn {
                name: format!("{list}.{}", path.join(".")),
                list: list.to_owned(),
                members: path,
                values: FlatValues::Text,
            });
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let output = PathBuf::from(words.next().ok_or("merge_rate OUT SEGMENT…")?);
    let inputs: Vec<MergeInput> =
        words.map(|path| MergeInput { path: path.into(), hidden: HashSet::new() }).collect();
    let mut flat: Vec<FlatColumn> = Vec::new();
    for input in &inputs {
        let schema = ParquetRecordBatchReaderBuilder::try_new(File::open(&input.path)?)?.schema().clone();
        for field in schema.fields() {
            let mut found = Vec::new();
            members(field.name(), &[], field, &mut found);
            flat.extend(found);
        }
    }
    flat.sort_by(|a, b| a.name.cmp(&b.name));
    flat.dedup_by(|a, b| a.name == b.name);
    let _ = std::fs::remove_file(&output);
    let start = Instant::now();
    let (day, id) = (String::new(), String::new());
    let options = Merge { inputs, day, keep: None, flat, level: 1, id, output };
    let merged = merge(&options, &AtomicBool::new(false))?.ok_or("no rows")?;
    println!(
        "{} rows, {} columns, {} bytes in {:.2} s",
        merged.rows,
        merged.columns.len(),
        merged.bytes,
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
