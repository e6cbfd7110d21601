//! Which capture a file is: a digest of its size and of samples of its content. Reading every byte would cost as much
//! as the import itself.

use crate::error::CaptureError;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Bytes taken from the head and from the tail.
const END_BYTES: u64 = 64 << 10;
/// Samples between them, and the bytes of each.
const SAMPLES: u64 = 64;
const SAMPLE_BYTES: u64 = 4 << 10;

/// Identity of a plain capture file: 16 bytes.
///
/// # Errors
/// When the file cannot be opened or read.
pub fn identity_of_file(path: &Path) -> Result<[u8; 16], CaptureError> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut hash = Sha256::new();
    hash.update(b"lookback stream 1");
    hash.update(size.to_le_bytes());
    if size <= 2 * END_BYTES + SAMPLES * SAMPLE_BYTES {
        add(&file, &mut hash, 0, size)?;
    } else {
        add(&file, &mut hash, 0, END_BYTES)?;
        let between = size - 2 * END_BYTES - SAMPLE_BYTES;
        for sample in 0..SAMPLES {
            add(
                &file,
                &mut hash,
                END_BYTES + (u128::from(between) * u128::from(sample) / u128::from(SAMPLES)) as u64,
                SAMPLE_BYTES,
            )?;
        }
        add(&file, &mut hash, size - END_BYTES, END_BYTES)?;
    }
    let digest = hash.finalize();
    let mut identity = [0; 16];
    identity.copy_from_slice(&digest[..16]);
    Ok(identity)
}

fn add(file: &File, hash: &mut Sha256, offset: u64, length: u64) -> std::io::Result<()> {
    let mut bytes = vec![0; length as usize];
    let mut got = 0;
    while got < bytes.len() {
        match file.read_at(&mut bytes[got..], offset + got as u64) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    hash.update(&bytes[..got]);
    Ok(())
}
