//! Sends the packets of a capture file onto an interface. For tests between hosts of one's own.

use lookback_capture::send::{Frames, send};
use std::path::Path;
use std::process::ExitCode;

/// Bytes of frames that are held in memory.
const MOST_BYTES: usize = 4 << 30;
const USAGE: &str = "usage: lookback-send INTERFACE FILE [MBIT_PER_SECOND [TIMES]]";

fn run() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [interface, file, rest @ ..] = words.as_slice() else { return Err(USAGE.to_owned()) };
    let number = |at: usize, otherwise: u64| rest.get(at).map_or(Ok(otherwise), |word| word.parse());
    let rate: u64 = number(0, 0).map_err(|error| format!("MBIT_PER_SECOND: {error}"))?;
    let times: u64 = number(1, 1).map_err(|error| format!("TIMES: {error}"))?;
    let frames = Frames::read(Path::new(file), MOST_BYTES).map_err(|error| format!("{file}: {error}"))?;
    let started = std::time::Instant::now();
    let (mut packets, mut bytes, mut left_out) = (0, 0, 0);
    for _ in 0..times {
        let sent =
            send(interface, &frames, rate * 1_000_000).map_err(|error| format!("{interface}: {error}"))?;
        packets += sent.packets;
        bytes += sent.bytes;
        left_out += sent.left_out;
    }
    println!(
        "{{\"packets\":{packets},\"bytes\":{bytes},\"leftOut\":{left_out},\"seconds\":{:.3}}}",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(64)
        }
    }
}
