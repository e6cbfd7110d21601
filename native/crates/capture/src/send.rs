//! Frames onto an interface at a rate, through AF_PACKET: for tests and rate measurements between a test's own hosts.

use crate::interface::Interface;
use crate::socket::PacketSocket;
use lookback_pcapfile::Reader;
use std::path::Path;
use std::time::{Duration, Instant};

/// Frames given to the kernel in one call.
const BURST: usize = 32;
/// Bytes of an Ethernet header.
const HEADER: usize = 14;

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Frames.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Frames that the interface does not take, left out.
    pub left_out: u64,
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

/// Whether an Ethernet interface sends a frame: it has a whole header, and is longer than the MTU and that header only by a VLAN
/// tag (packet_snd of the kernel's af_packet.c).
fn takes(mtu: usize, frame: &[u8]) -> bool {
    let tag = match frame.get(12..HEADER) {
        Some([0x81, 0x00] | [0x88, 0xa8]) => 4,
        Some(_) => 0,
        None => return false,
    };
    frame.len() <= mtu + HEADER + tag
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
        if !takes(target.mtu as usize, frame) {
            sent.left_out += 1;
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

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn a_frame_is_as_long_as_the_interface_takes_it() {
        let frame = |length: usize, kind: [u8; 2]| {
            let mut frame = vec![0; length];
            frame.iter_mut().skip(12).zip(kind).for_each(|(place, byte)| *place = byte);
            frame
        };
        let taken = |length, kind| takes(1500, &frame(length, kind));
        assert_eq!(
            [13, 14, 1514, 1515].map(|length| taken(length, [0x86, 0xdd])),
            [false, true, true, false]
        );
        assert_eq!([1514, 1518, 1519].map(|length| taken(length, [0x81, 0x00])), [true, true, false]);
        assert!(taken(1518, [0x88, 0xa8]));
    }
}
