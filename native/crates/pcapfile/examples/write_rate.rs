//! How fast packet files are written: `write_rate FILE [MIB]`. Appends batches of 1 MiB as live capture does, flushes to
//! the disk, prints bytes a second, and removes the file.

use lookback_pcapfile::{Writer, record_header};
use std::path::Path;
use std::time::Instant;

/// Bytes of a batch of live capture.
const BATCH: usize = 1 << 20;
/// Captured bytes of a packet.
const PACKET: usize = 690;

fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1);
    let file = words.next().unwrap_or_else(|| "write-rate.pcap".to_owned());
    let mebibytes: usize = words.next().and_then(|word| word.parse().ok()).unwrap_or(1_024);
    let mut batch = Vec::with_capacity(BATCH);
    let mut state = 1u64;
    while batch.len() + PACKET + 16 <= BATCH {
        batch.extend(record_header(1_700_000_000_000_000_000, PACKET as u32, PACKET as u32));
        // Bytes that nothing compresses.
        batch.extend((0..PACKET).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        }));
    }
    let started = Instant::now();
    let mut writer = Writer::create(Path::new(&file), 1, 65_535)?;
    while writer.position() < (mebibytes << 20) as u64 {
        writer.append(&batch)?;
    }
    writer.sync()?;
    let bytes = writer.position();
    let seconds = started.elapsed().as_secs_f64();
    std::fs::remove_file(&file)?;
    println!("{{\"bytes\":{bytes},\"seconds\":{seconds:.3},\"rate\":{:.0}}}", bytes as f64 / seconds);
    Ok(())
}
