//! Live packet sources: the one crate that talks to the kernel, and so the only one with unsafe code.
//!
//! * [`source`]: what every source is.
//! * [`batch`]: packets on their way to the engine, laid out as records of a pcap file.
//! * [`tpacket`]: Linux AF_PACKET with TPACKET_V3 rings (Documentation/networking/packet_mmap.rst of the kernel).
//! * [`stream`]: a capture that comes through standard input while it is made.
//! * [`filter`]: BPF expressions, compiled by libpcap where it is installed.
//! * [`bpf`]: the same filters on packets that are here already.
//! * [`privileges`]: giving up rights once interfaces are open.
//! * [`memory`]: what the C library does with freed memory, and what the processor fetches ahead.
//! * [`interface`]: what the system says about a network interface.
//! * [`interface_losses`], [`ethtool`]: what an interface and its driver say they lost.
//! * [`send`]: frames onto an interface, for tests and rate measurements.
//!
//! Another way of reading (AF_XDP, PF_RING, pcap-over-ip) is a module with a [`source::PacketSource`].

pub mod batch;
pub mod bpf;
pub mod ethtool;
pub mod filter;
pub mod interface;
pub mod interface_losses;
pub mod memory;
pub mod privileges;
pub mod send;
pub mod socket;
pub mod source;
pub mod stream;
pub mod tpacket;

pub use batch::{Batch, BatchPool};
pub use source::{Arrived, PacketSource, SourceError, SourceStatistics};
