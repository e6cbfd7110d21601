//! Imports a capture as the program does, without Node, for profilers: `import CAPTURE DIRECTORY [WORKERS [ROWS]]`.
//! Prints sessions, bytes of segments and seconds.

use lookback_engine::EngineSettings;
use lookback_engine::import::{ImportOptions, import};
use lookback_engine::stream::StreamFile;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(capture), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: import CAPTURE DIRECTORY [WORKERS [ROWS]]".into());
    };
    let workers = arguments.next().map_or(Ok(1), |workers| workers.parse())?;
    let batch_rows = arguments.next().map_or(Ok(8_192), |rows| rows.parse())?;
    let options = ImportOptions {
        files: vec![StreamFile { path: PathBuf::from(capture), file: 1, first_ordinal: 0 }],
        stream: [7; 16],
        segments: PathBuf::from(directory),
        batch_rows,
        losses: None,
        settings: EngineSettings { workers, ..EngineSettings::default() },
    };
    let start = Instant::now();
    let outcome = import(&options, &AtomicBool::new(false), &mut |_| {})?;
    let bytes: u64 = outcome.segments.iter().map(|segment| segment.bytes).sum();
    println!(
        "{} packets, {} sessions, {} segments of {bytes} bytes, {:.2} s",
        outcome.packets,
        outcome.sessions,
        outcome.segments.len(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
