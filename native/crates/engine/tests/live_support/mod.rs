//! What tests of live streams share.

use lookback_engine::EngineSettings;
use lookback_engine::live::LiveOptions;
use lookback_engine::live::packet_files::DirectoryChoice;
use std::path::Path;

/// A stream of Ethernet packets that are pushed, below a directory, which gets what it needs.
pub fn options(directory: &Path, settings: EngineSettings) -> LiveOptions {
    std::fs::create_dir_all(directory.join("packets")).expect("a directory");
    std::fs::create_dir_all(directory.join("sessions")).expect("a directory");
    LiveOptions {
        settings,
        segments: directory.join("sessions"),
        packets: vec![directory.join("packets")],
        directory_choice: DirectoryChoice::RoundRobin,
        link_type: 1,
        snaplen: 65_535,
        stream: [7; 16],
        first_ordinal: 0,
        file_numbers: 1..1_000_000,
        max_file_bytes: 1 << 30,
        max_file_seconds: 0,
        keep_packets: true,
        origins: Vec::new(),
        dont_save: None,
    }
}
