//! Frames onto an interface at a rate, through AF_PACKET: for tests and rate measurements between a test's own hosts.

use crate::interface::Interface;
use crate::socket::PacketSocket;
use lookback_pcapfile::Reader;
use std::path::Path;
use std::time::{Duration, Instant};

/// Frames given to the kernel in one call.
const BURST: usize = 32;

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Frames.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Frames longer than the interface takes, left out.
    pub too_long: u64,
}

/// Frames of a capture file, in memory.
pub struct Frames {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Frames {
    /// Reads a capture file; at most `most_bytes` of frames.
    ///
    /// # Errors
    /// When it is no capture.
    pub fn read(path: &Path, most_bytes: usize) -> std::io::Result<Self> {
        let mut reader = Reader::open(path).map_err(std::io::Error::other)?;
        let mut frames = Self { bytes: Vec::new(), ends: Vec::new() };
        while let Some(packet) = reader.next_packet().map_err(std::io::Error::other)? {
            if frames.bytes.len() + packet.data.len() > most_bytes {
                break;
            }
            frames.bytes.extend_from_slice(packet.data);
            frames.ends.push(frames.bytes.len());
        }
        Ok(frames)
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.iter().scan(0, |start, end| {
            let frame = self.bytes.get(*start..*end)?;
            *start = *end;
            Some(frame)
        })
    }
}

/// Sends every frame once, `bits_per_second` of them on average (0: as fast as it goes), in bursts.
///
/// # Errors
/// The system's error.
pub fn send(interface: &str, frames: &Frames, bits_per_second: u64) -> std::io::Result<Sent> {
    let target = Interface::named(interface).ok_or_else(|| {
        std::io::Error::new(std::io::ErrorKind::NotFound, format!("no interface {interface}"))
    })?;
    let socket = PacketSocket::open()?;
    socket.bind(target.index, 0)?;
    // Virtual interfaces have no queueing discipline to skip.
    let _ = socket.bypass_queue();
    let longest = target.mtu as usize + 18;
    let mut sent = Sent::default();
    let started = Instant::now();
    let mut burst: Vec<&[u8]> = Vec::with_capacity(BURST);
    let flush = |burst: &mut Vec<&[u8]>, sent: &mut Sent| -> std::io::Result<()> {
        let mut rest = burst.as_slice();
        while !rest.is_empty() {
            match socket.send_many(rest) {
                Ok(count) => {
                    sent.packets += count as u64;
                    sent.bytes += rest.iter().take(count).map(|frame| frame.len() as u64).sum::<u64>();
                    rest = rest.get(count..).unwrap_or_default();
                }
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => std::thread::yield_now(),
                Err(error) => return Err(error),
            }
        }
        burst.clear();
        Ok(())
    };
    for frame in frames.iter() {
        if frame.len() > longest {
            sent.too_long += 1;
            continue;
        }
        burst.push(frame);
        if burst.len() == BURST {
            flush(&mut burst, &mut sent)?;
            if bits_per_second > 0 {
                let due = Duration::from_secs_f64(sent.bytes as f64 * 8.0 / bits_per_second as f64);
                if let Some(early) = due.checked_sub(started.elapsed())
                    && early > Duration::from_micros(200)
                {
                    std::thread::sleep(early);
                }
            }
        }
    }
    flush(&mut burst, &mut sent)?;
    Ok(sent)
}
