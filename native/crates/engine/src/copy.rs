//! A compressed file or standard input into a plain packet file of ours: the decompressed bytes as they are, so that
//! positions and the stream's identity equal those of the same capture stored plainly.

use crate::error::EngineError;
use lookback_pcapfile::{NO_LINKS, decompress};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const BUFFER: usize = 1 << 20;

/// Copies `source` (`-` is standard input), decompressed, to `destination`, which must not exist, and makes it durable.
/// `progress` gets the bytes written so far. On an error the destination is removed.
///
/// # Errors
/// `CAPTURE_UNREADABLE` when it is no capture, `DISK_FULL`, or another failure of the operating system.
pub fn copy_plain(
    source: &str,
    destination: &Path,
    cancel: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, EngineError> {
    let input: Box<dyn Read + Send> = if source == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(source).map_err(|error| EngineError::io(source, error))?)
    };
    let mut plain = decompress(input).map_err(|error| EngineError::capture(source, error))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o640)
        .custom_flags(NO_LINKS)
        .open(destination)
        .map_err(|error| EngineError::io(destination, error))?;
    let copied = copy_all(source, plain.as_mut(), &mut file, destination, cancel, progress);
    if copied.is_err() {
        // The error is the answer; a file that stays behind is swept at start-up.
        let _ = std::fs::remove_file(destination);
    }
    copied
}

fn copy_all(
    source: &str,
    plain: &mut dyn Read,
    file: &mut std::fs::File,
    destination: &Path,
    cancel: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, EngineError> {
    let mut buffer = vec![0; BUFFER];
    let mut total = 0u64;
    loop {
        if cancel.load(Ordering::Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let length = match plain.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            // What was whole before the damage is kept, as in a truncated plain file.
            Err(error) if total > 0 && is_damage(&error) => break,
            Err(error) => return Err(EngineError::io(source, error)),
        };
        let bytes = buffer.get(..length).unwrap_or_default();
        if total == 0 && !lookback_pcapfile::is_capture(bytes) {
            return Err(EngineError::Unreadable {
                path: source.to_owned(),
                reason: "neither pcap nor pcapng inside".to_owned(),
                offset: 0,
                first_bytes: bytes
                    .iter()
                    .take(8)
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<Vec<_>>()
                    .join(" "),
            });
        }
        file.write_all(bytes).map_err(|error| EngineError::io(destination, error))?;
        total += length as u64;
        progress(total);
    }
    if total == 0 {
        return Err(EngineError::Unreadable {
            path: source.to_owned(),
            reason: "empty".to_owned(),
            offset: 0,
            first_bytes: String::new(),
        });
    }
    file.sync_all().map_err(|error| EngineError::io(destination, error))?;
    Ok(total)
}

fn is_damage(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::InvalidData
            | std::io::ErrorKind::InvalidInput
            | std::io::ErrorKind::Other
    )
}
