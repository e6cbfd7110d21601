//! A capture file that comes through a pipe while it is made (`tcpdump -U -w - | …`): pcap or pcapng, not compressed, of one
//! link type. Packets keep the times that the file gives them. Nothing is lost here: who writes waits when the reader does.

use crate::batch::Batch;
use crate::filter::{Program, WHOLE};
use crate::source::{PacketSource, SourceError, SourceStatistics};
use lookback_pcapfile::compression::compression_of_bytes;
use lookback_pcapfile::{CaptureError, PacketRef, Reader};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Warnings of the reader after which it reads nothing more, or something was passed over.
const DAMAGE: [&str; 6] = [
    "truncated-record",
    "garbage-record-length",
    "zeroed-tail",
    "bad-section",
    "unknown-interface",
    "too-many-interfaces",
];

/// Packets that a filter leaves out in one read: whoever reads also looks whether to stop.
const MOST_LEFT_OUT: u32 = 10_000;

/// Packets come at most this much later than the latest one did: a connection stalls, and who writes holds some back.
const LATER: Duration = Duration::from_secs(30);

/// Milliseconds that a read waits for bytes, none once some came; [`FOR_EVER`] while there is nothing else to do.
type Patience = Arc<AtomicU64>;

const FOR_EVER: u64 = u64::MAX;
/// Of one try to read the first packet; it is tried again.
const FIRST_WAIT_MS: u64 = 200;
/// Bytes that tell what it is: the header of a pcap file, which every capture is longer than.
const HEAD_BYTES: usize = 24;

/// Reads a descriptor, and says `WouldBlock` when nothing came for as long as it is told to wait. What is written slowly but
/// steadily ends no wait of its own: after bytes it waits no more until it is told to again, so that they are looked at.
struct Patient {
    file: File,
    patience: Patience,
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let wait_ms = self.patience.load(Ordering::Relaxed);
        let wait = match wait_ms {
            FOR_EVER => None,
            wait_ms => Timespec::try_from(Duration::from_millis(wait_ms)).ok(),
        };
        if poll(&mut [PollFd::new(&self.file, PollFlags::IN)], wait.as_ref())? == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = self.file.read(buffer)?;
        if wait_ms != FOR_EVER {
            self.patience.store(0, Ordering::Relaxed);
        }
        Ok(count)
    }
}

/// A packet that came before there was room for it, or that there is none for.
struct Held {
    timestamp_ns: i64,
    original_length: u32,
    link_type: u16,
    data: Vec<u8>,
}

impl Held {
    fn of(packet: &PacketRef<'_>) -> Self {
        Self {
            timestamp_ns: packet.timestamp_ns,
            original_length: packet.original_length,
            link_type: packet.link_type,
            data: packet.data.to_vec(),
        }
    }
}

/// How far a stream is: its packets' times say how late they come, and while none do, more are no later than the latest was, but for
/// [`LATER`].
#[derive(Default)]
struct Pace {
    /// Time of the latest packet, nanoseconds since 1970, and when it came.
    latest: Option<(i64, Instant)>,
}

impl Pace {
    /// A packet of this time came, or several, of which it is the latest.
    fn see(&mut self, latest_ns: i64, now: Instant) {
        if self.latest.is_none_or(|(before_ns, _)| latest_ns >= before_ns) {
            self.latest = Some((latest_ns, now));
        }
    }

    /// The time before which no packet comes any more; none before the first.
    fn until_ns(&self, now: Instant) -> Option<i64> {
        let (latest_ns, came) = self.latest?;
        let since = now.saturating_duration_since(came).saturating_sub(LATER);
        Some(latest_ns.saturating_add(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)))
    }
}

/// A capture that comes through a descriptor.
pub struct StreamSource {
    name: String,
    reader: Reader,
    patience: Patience,
    link_type: u16,
    snaplen: u32,
    filter: Option<Program>,
    held: Option<Held>,
    has_ended: bool,
    pace: Pace,
}

impl StreamSource {
    /// Waits until the stream tells what kind of packets it has: a pcap file in its header, a pcapng file with its first
    /// packet.
    ///
    /// # Errors
    /// `Stream` when it is no capture, is compressed, or ends before its first packet; `System` when it cannot be read.
    pub fn open(name: &str, file: File, snaplen: u32) -> Result<Self, SourceError> {
        let patience: Patience = Arc::new(AtomicU64::new(FOR_EVER));
        let mut patient = Patient { file, patience: Arc::clone(&patience) };
        let refused = |reason: &str| SourceError::Stream { name: name.to_owned(), reason: reason.to_owned() };
        let mut head = Vec::with_capacity(HEAD_BYTES);
        (&mut patient)
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .map_err(|error| failed(name, CaptureError::Io(error)))?;
        if compression_of_bytes(&head) != "none" {
            return Err(refused(
                "compressed captures are read whole: give it to \"lookback import -\", or decompress it on the way here",
            ));
        }
        patience.store(0, Ordering::Relaxed);
        let mut reader = Reader::from_read(Box::new(Cursor::new(head).chain(patient)))
            .map_err(|error| failed(name, error))?;
        let mut held = None;
        let link_type = match reader.link_type() {
            Some(link_type) => link_type,
            None => {
                let first = loop {
                    patience.store(FIRST_WAIT_MS, Ordering::Relaxed);
                    match reader.next_packet() {
                        Ok(Some(first)) => break Held::of(&first),
                        Ok(None) => return Err(refused("it ended before its first packet")),
                        Err(CaptureError::Io(error)) if error.kind() == ErrorKind::WouldBlock => {}
                        Err(error) => return Err(failed(name, error)),
                    }
                };
                held.insert(first).link_type
            }
        };
        let name = name.to_owned();
        Ok(Self {
            name,
            reader,
            patience,
            link_type,
            snaplen,
            filter: None,
            held,
            has_ended: false,
            pace: Pace::default(),
        })
    }

    /// Takes only packets that a BPF expression accepts; an empty one accepts all.
    ///
    /// # Errors
    /// `BadFilter`, or `NoFilterCompiler` where libpcap is not installed.
    pub fn filtered(self, expression: &str) -> Result<Self, SourceError> {
        let filter = Program::of_setting(expression, self.link_type, WHOLE)?;
        let accepts = |held: &Held| {
            filter.as_ref().is_none_or(|filter| filter.accepts(&held.data, held.original_length))
        };
        let held = self.held.filter(accepts);
        Ok(Self { filter, held, ..self })
    }
}

fn failed(name: &str, error: CaptureError) -> SourceError {
    match error {
        CaptureError::Io(source) => {
            SourceError::System { interface: name.to_owned(), action: "read", source }
        }
        unreadable => SourceError::Stream { name: name.to_owned(), reason: unreadable.to_string() },
    }
}

impl PacketSource for StreamSource {
    fn interface(&self) -> &str {
        &self.name
    }

    fn link_type(&self) -> u16 {
        self.link_type
    }

    fn read(&mut self, batch: &mut Batch, wait: Duration) -> Result<(), SourceError> {
        let mut latest_ns = None;
        let outcome = self.take(batch, wait, &mut latest_ns);
        if let Some(latest_ns) = latest_ns {
            self.pace.see(latest_ns, Instant::now());
        }
        outcome
    }

    fn times_are_given(&self) -> bool {
        true
    }

    fn given_until_ns(&self) -> Option<i64> {
        self.pace.until_ns(Instant::now())
    }

    fn statistics(&mut self) -> SourceStatistics {
        let damage = self.reader.warnings().iter().filter(|warning| DAMAGE.contains(&warning.name));
        SourceStatistics {
            damaged_blocks: damage.map(|warning| warning.count).sum(),
            ..SourceStatistics::default()
        }
    }
}

impl StreamSource {
    /// As [`PacketSource::read`]; `latest_ns` becomes the latest time of the packets that came, also of those that are left out.
    fn take(
        &mut self,
        batch: &mut Batch,
        wait: Duration,
        latest_ns: &mut Option<i64>,
    ) -> Result<(), SourceError> {
        if let Some(held) = &self.held {
            if held.link_type != self.link_type {
                let reason = format!(
                    "packets of link type {} come after those of {}; give each kind a capture of its own",
                    held.link_type, self.link_type
                );
                return Err(SourceError::Stream { name: self.name.clone(), reason });
            }
            if !batch.push(held.timestamp_ns, held.original_length, self.snaplen, &[&held.data]) {
                return Ok(());
            }
            *latest_ns = Some(held.timestamp_ns);
            self.held = None;
        }
        let mut left_out = 0;
        while !self.has_ended && left_out < MOST_LEFT_OUT {
            // Only the first packet is waited for, also when the filter leaves it out.
            let wait_ms = if batch.is_empty() && left_out == 0 { wait.as_millis() as u64 } else { 0 };
            self.patience.store(wait_ms, Ordering::Relaxed);
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => {
                    self.has_ended = true;
                    break;
                }
                Err(CaptureError::Io(error)) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(failed(&self.name, error)),
            };
            *latest_ns =
                Some(latest_ns.map_or(packet.timestamp_ns, |latest| latest.max(packet.timestamp_ns)));
            if self.filter.as_ref().is_some_and(|filter| !filter.accepts(packet.data, packet.original_length))
            {
                left_out += 1;
                continue;
            }
            // One of another kind is told of once what came before it is taken.
            if packet.link_type != self.link_type
                || !batch.push(packet.timestamp_ns, packet.original_length, self.snaplen, &[packet.data])
            {
                self.held = Some(Held::of(&packet));
                return Ok(());
            }
        }
        if self.has_ended && batch.is_empty() {
            return Err(SourceError::Ended { name: self.name.clone() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_goes_on_as_late_as_it_was() {
        let mut pace = Pace::default();
        let start = Instant::now();
        assert_eq!(pace.until_ns(start), None);
        // Of another year.
        pace.see(7_000_000_000, start);
        assert_eq!(pace.until_ns(start), Some(7_000_000_000));
        assert_eq!(pace.until_ns(start + LATER), Some(7_000_000_000));
        assert_eq!(pace.until_ns(start + LATER + Duration::from_secs(3)), Some(10_000_000_000));
        // One that is earlier says nothing of the others.
        pace.see(4_000_000_000, start + Duration::from_secs(20));
        assert_eq!(pace.until_ns(start + LATER + Duration::from_secs(3)), Some(10_000_000_000));
    }
}
