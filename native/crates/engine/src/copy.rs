//! A compressed file or standard input into a plain packet file of ours: the decompressed bytes as they are, so that
//! positions and the stream's identity equal those of the same capture stored plainly.

use crate::error::{EngineError, hex};
use crate::standard_input::StandardInput;
use lookback_pcapfile::{CaptureError, NO_LINKS, decompress, is_damage};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const BUFFER: usize = 1 << 20;

/// What was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Bytes written.
    pub bytes: u64,
    /// Whether the compressed data is damaged or cut off behind them: what followed is not there.
    pub is_damaged: bool,
}

/// Copies `source` (`-` is standard input), decompressed, to `destination`, which must not exist, and makes it durable.
/// `progress` gets the bytes written so far. On an error the destination is removed.
///
/// # Errors
/// `CAPTURE_UNREADABLE` when it is no capture or cannot be read, `DISK_FULL`, or another failure of the operating system.
pub fn copy_plain(
    source: &str,
    destination: &Path,
    cancel: &AtomicBool,
    progress: &mut dyn FnMut(u64),
) -> Result<Copied, EngineError> {
    let input: Box<dyn Read + Send> = if source == "-" {
        Box::new(StandardInput::open().map_err(|error| unreadable(source, error))?)
    } else {
        Box::new(std::fs::File::open(source).map_err(|error| unreadable(source, error))?)
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
) -> Result<Copied, EngineError> {
    let mut buffer = vec![0; BUFFER];
    let mut total = 0u64;
    let mut is_damaged = false;
    loop {
        if cancel.load(Ordering::Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let length = match plain.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) if total == 0 && is_damage(&error) => {
                return Err(EngineError::capture(source, CaptureError::Compressed(error)));
            }
            // What was whole before the damage is kept, as in a truncated plain file.
            Err(error) if is_damage(&error) => {
                is_damaged = true;
                break;
            }
            Err(error) => return Err(unreadable(source, error)),
        };
        let bytes = buffer.get(..length).unwrap_or_default();
        if total == 0 && !lookback_pcapfile::is_capture(bytes) {
            return Err(EngineError::Unreadable {
                path: source.to_owned(),
                reason: "neither pcap nor pcapng inside".to_owned(),
                offset: 0,
                first_bytes: hex(bytes.get(..8).unwrap_or(bytes)),
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
    Ok(Copied { bytes: total, is_damaged })
}

fn unreadable(source: &str, error: std::io::Error) -> EngineError {
    EngineError::capture(source, CaptureError::Io(error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod test {
    use super::*;
    use std::io::Cursor;

    /// Fails as a disk does that the source lies on.
    struct Failing(i32);

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from_raw_os_error(self.0))
        }
    }

    #[test]
    fn a_source_that_fails_is_not_taken_for_damage() {
        let destination = std::env::temp_dir().join(format!("lookback-copy-fails-{}", std::process::id()));
        let mut head = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
        head.resize(24, 0);
        // EINVAL, which by its kind alone could be a decompressor's.
        for number in [22, 5] {
            let mut file = std::fs::File::create(&destination).unwrap();
            let mut plain = Cursor::new(&head).chain(Failing(number));
            let copied =
                copy_all("a.gz", &mut plain, &mut file, &destination, &AtomicBool::new(false), &mut |_| {});
            let Err(EngineError::Unreadable { path, .. }) = copied else { panic!("{copied:?}") };
            assert_eq!(path, "a.gz");
        }
        std::fs::remove_file(&destination).unwrap();
    }
}
