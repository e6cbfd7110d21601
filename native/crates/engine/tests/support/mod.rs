//! What tests of the engine share.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};

/// A directory that is removed with its owner.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// An empty one below the system's temporary directory.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lookback-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a scratch directory");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A TCP or UDP packet of conversation `flow`, Ethernet to payload.
pub fn frame(
    flow: u16,
    from_client: bool,
    protocol: u8,
    sequence: u32,
    flags: u8,
    payload: &[u8],
) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    let header = if protocol == 6 { 20 } else { 8 };
    let total = (20 + header + payload.len()) as u16;
    let (client, server) = ([10, 0, (flow >> 8) as u8, flow as u8], [192, 0, 2, 1]);
    let (source, destination) = if from_client { (client, server) } else { (server, client) };
    frame.extend([0x45, 0]);
    frame.extend(total.to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    frame.extend(source);
    frame.extend(destination);
    let ports =
        if from_client { [40_000u16.wrapping_add(flow), 80] } else { [80, 40_000u16.wrapping_add(flow)] };
    frame.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    if protocol == 6 {
        frame.extend(sequence.to_be_bytes());
        frame.extend(0u32.to_be_bytes());
        frame.extend([0x50, flags, 4, 0, 0, 0, 0, 0]);
    } else {
        frame.extend(((8 + payload.len()) as u16).to_be_bytes());
        frame.extend([0, 0]);
    }
    frame.extend(payload);
    frame
}

/// Every row of a segment as its columns that hold something (a segment leaves out columns that none of its rows uses).
pub fn rows(path: &Path) -> Vec<String> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let reader =
        SerializedFileReader::new(std::fs::File::open(path).expect("a segment")).expect("a Parquet file");
    let print = |row: parquet::record::Row| {
        let mut columns: Vec<String> = row
            .get_column_iter()
            .filter(|(_, value)| !matches!(value, Field::Null))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        columns.sort();
        columns.join(" ")
    };
    reader.get_row_iter(None).expect("rows").map(|row| print(row.expect("a row"))).collect()
}
