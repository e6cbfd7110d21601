//! What every packet source is.

use crate::batch::Batch;
use std::time::Duration;

/// Why a source cannot be opened or read; each has a stable code.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such interface.
    #[error("no interface {interface}; there are {known}")]
    NoInterface {
        /// What was asked for.
        interface: String,
        /// The names there are.
        known: String,
    },
    /// The process may not capture.
    #[error(
        "may not capture from {interface}; allow it with: sudo setcap cap_net_raw,cap_net_admin=eip $(readlink -f $(command -v node))"
    )]
    NotPermitted {
        /// The interface.
        interface: String,
    },
    /// The filter is no BPF expression.
    #[error("bpf \"{expression}\": {reason}")]
    BadFilter {
        /// What was given.
        expression: String,
        /// What libpcap says.
        reason: String,
    },
    /// A filter is set and nothing can compile it.
    #[error("a bpf filter needs libpcap; install it (apt-get install libpcap0.8) or remove the filter")]
    NoFilterCompiler,
    /// Packets of this kind of interface are not understood.
    #[error("{interface} has hardware type {hardware_type}, whose packets are not understood")]
    LinkType {
        /// The interface.
        interface: String,
        /// ARPHRD number of the kernel.
        hardware_type: u32,
    },
    /// What comes through a stream is no capture, or none that can be read while it comes.
    #[error("{name}: {reason}")]
    Stream {
        /// Name of the stream.
        name: String,
        /// What is wrong, and the way out.
        reason: String,
    },
    /// The source has given all there is.
    #[error("{name} has ended")]
    Ended {
        /// Name of the source.
        name: String,
    },
    /// Another failure of the operating system.
    #[error("{interface}: {action}: {source}")]
    System {
        /// The interface.
        interface: String,
        /// What was being done.
        action: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
}

/// How far a source was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Packets that have come since it was opened.
    pub came: u64,
    /// Those of them that were read, the first ones.
    pub read: u64,
}

impl Arrived {
    /// Packets that were not read.
    pub fn unread(self) -> u64 {
        self.came.saturating_sub(self.read)
    }
}

/// What a source counted since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceStatistics {
    /// Packets that came a second time because the loopback interface shows them going out and coming in.
    pub duplicate: u64,
    /// Packets lost because the kernel's ring was full, or damaged, or went with its interface; none when the source cannot know.
    pub dropped_by_kernel: Option<u64>,
    /// Packets lost before the kernel saw them, by the interface's own counters; none when it has none.
    pub dropped_by_interface: Option<u64>,
    /// Blocks of the ring whose content was not as the kernel promises, see `dropped_by_kernel`; of a stream, places that could not be read.
    pub damaged_blocks: u64,
    /// Times the interface went down.
    pub went_down: u64,
}

impl SourceStatistics {
    /// Counts packets that the kernel had and nobody gets.
    pub fn lose(&mut self, packets: u64) {
        self.dropped_by_kernel = Some(self.dropped_by_kernel.unwrap_or(0) + packets);
    }
}

/// Where live packets come from. A source belongs to one thread.
pub trait PacketSource: Send {
    /// Name of the interface.
    fn interface(&self) -> &str;
    /// pcap LINKTYPE of every packet.
    fn link_type(&self) -> u16;
    /// Appends packets that have come, waiting up to `wait` for the first. Returns when the batch is full or nothing
    /// more is there; what does not fit comes next time.
    ///
    /// # Errors
    /// When the source is of no use any more: `Ended` when that is as it should be. What was appended before counts.
    fn read(&mut self, batch: &mut Batch, wait: Duration) -> Result<(), SourceError>;
    /// Whether packets have times that were given to them elsewhere, and not those of their arrival here.
    fn times_are_given(&self) -> bool {
        false
    }
    /// Of packets whose times were given to them elsewhere: the time, nanoseconds since 1970, before which none comes any more as
    /// far as is known; none before the first.
    fn given_until_ns(&self) -> Option<i64> {
        None
    }
    /// How far it was read; none when the source cannot know. Whoever gives it up counts what was not as lost.
    fn arrived(&mut self) -> Option<Arrived> {
        None
    }
    /// Counts since it was opened.
    fn statistics(&mut self) -> SourceStatistics;
}
