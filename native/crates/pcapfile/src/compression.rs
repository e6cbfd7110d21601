//! Compression by magic number: gzip (RFC 1952), zstd (RFC 8878), LZ4 frames; each may hold several members one after the
//! other.

use crate::error::CaptureError;
use lz4_flex::frame::FrameDecoder;
use std::io::{BufRead, BufReader, Chain, Cursor, ErrorKind, Read};
use std::path::Path;

/// Bytes looked at to tell formats apart.
const MAGIC_BYTES: usize = 8;
/// Compressed bytes read at once.
const BUFFER_BYTES: usize = 256 << 10;

/// The compression that a file beginning with `head` has: `none`, `gzip`, `zstd` or `lz4`.
pub fn compression_of_bytes(head: &[u8]) -> &'static str {
    match head {
        [0x1f, 0x8b, ..] => "gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        // A frame to be skipped, with which whoever compresses in parallel (pzstd) begins.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => "zstd",
        [0x04, 0x22, 0x4d, 0x18, ..] => "lz4",
        _ => "none",
    }
}

/// What a source that is no capture seems to be.
pub(crate) fn reason_unreadable(head: &[u8]) -> &'static str {
    match head {
        [] => "the file is empty",
        [0xfd, b'7', b'z', b'X', b'Z', ..] => "xz compression is not supported",
        [b'B', b'Z', b'h', ..] => "bzip2 compression is not supported",
        [b'7', b'z', 0xbc, 0xaf, ..] | [b'P', b'K', 3, 4, ..] => "archives are not supported",
        [b's', b'n', b'o', b'o', b'p', 0, ..] => "the snoop format is not supported",
        _ => "neither pcap nor pcapng, nor gzip, zstd or LZ4 of one",
    }
}

/// Whether an error of [`decompress`]'s bytes says that compressed data is bad or cut off, and not that the system failed:
/// those carry the system's number.
pub fn is_damage(error: &std::io::Error) -> bool {
    error.raw_os_error().is_none()
        && matches!(
            error.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other
        )
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
    let buffered = |whole| BufReader::with_capacity(BUFFER_BYTES, whole);
    Ok(match kind {
        "gzip" => Box::new(flate2::bufread::MultiGzDecoder::new(buffered(whole))),
        "zstd" => Box::new(ZstdFrames(zstd::stream::read::Decoder::with_buffer(buffered(whole))?)),
        "lz4" => Box::new(Lz4Frames(FrameDecoder::new(buffered(whole).chain(Cursor::new(&[]))))),
        _ => Box::new(whole),
    })
}

/// The decoder's error for a frame whose window is above its bound, `ZSTD_error_frameParameter_windowTooLarge`.
const ZSTD_WINDOW_TOO_LARGE: usize = 0usize.wrapping_sub(16);

/// zstd frames one after the other, and what to do about a window that is too large: the decoder does not say.
struct ZstdFrames<R: BufRead>(zstd::stream::read::Decoder<'static, R>);

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.to_string() != zstd::zstd_safe::get_error_name(ZSTD_WINDOW_TOO_LARGE) {
                return error;
            }
            let told = "its zstd window is above 128 MiB; decompress it first, or compress it with --long=27 or less";
            std::io::Error::new(ErrorKind::InvalidData, told)
        })
    }
}

/// Read after the end of a source: a frame of LZ4 that is still open takes four bytes of it as its end, and four as its checksum if
/// it has one; where a frame could begin, the shortest header is taken, which it is not.
const LZ4_PROBE: &[u8] = &[0; 8];
/// Bytes of the shortest header of a frame.
const LZ4_HEADER_BYTES: u64 = 7;

/// LZ4 frames one after the other: the decoder reports an end after each, also after one that holds nothing, and where the
/// source ends between two blocks of a frame, which is damage.
struct Lz4Frames<R: BufRead>(FrameDecoder<Chain<R, Cursor<&'static [u8]>>>);

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let count = self.0.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            // Asked again, it begins the next frame. Each time it takes some of what there is.
            if self.0.get_mut().fill_buf()?.is_empty() {
                break;
            }
        }
        let (_, after) = self.0.get_mut().get_mut();
        *after = Cursor::new(LZ4_PROBE);
        // What it says of the probe matters to nobody: how much of it is taken tells.
        let _ = self.0.read(buffer);
        let (_, after) = self.0.get_mut().get_mut();
        if after.position() == LZ4_HEADER_BYTES {
            // As it was: whoever asks again gets the same answer.
            *after = Cursor::new(&[]);
            return Ok(0);
        }
        Err(std::io::Error::new(ErrorKind::UnexpectedEof, "the frame ends between two blocks"))
    }
}
