//! Compression by magic number: gzip (RFC 1952), zstd (RFC 8878), LZ4 frames.

use crate::error::CaptureError;
use std::io::{Chain, Cursor, Read};
use std::path::Path;

/// Bytes looked at to tell formats apart.
const MAGIC_BYTES: usize = 8;

/// The compression that a file beginning with `head` has: `none`, `gzip`, `zstd` or `lz4`.
pub fn compression_of_bytes(head: &[u8]) -> &'static str {
    match head {
        [0x1f, 0x8b, ..] => "gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        [0x04, 0x22, 0x4d, 0x18, ..] => "lz4",
        _ => "none",
    }
}

/// The compression of a file.
///
/// # Errors
/// When the file cannot be opened or read.
pub fn compression_of(path: &Path) -> Result<&'static str, CaptureError> {
    let mut file = std::fs::File::open(path)?;
    Ok(compression_of_bytes(&read_head(&mut file)?))
}

fn read_head(source: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(MAGIC_BYTES);
    source.take(MAGIC_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The source's bytes, decompressed when they are compressed. Memory stays bounded by the formats' windows; a zstd window
/// above 128 MiB is refused by the decoder.
///
/// # Errors
/// The source's error, or a compressed header that does not read.
pub fn decompress(mut source: Box<dyn Read + Send>) -> Result<Box<dyn Read + Send>, CaptureError> {
    let head = read_head(&mut source)?;
    let kind = compression_of_bytes(&head);
    let whole: Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>> = Cursor::new(head).chain(source);
    Ok(match kind {
        "gzip" => Box::new(flate2::read::MultiGzDecoder::new(whole)),
        "zstd" => Box::new(zstd::stream::read::Decoder::new(whole)?),
        "lz4" => Box::new(lz4_flex::frame::FrameDecoder::new(whole)),
        _ => Box::new(whole),
    })
}
