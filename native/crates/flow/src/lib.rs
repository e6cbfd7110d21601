//! Packets to sessions: the flow table, its timers, TCP and SCTP reassembly.
//!
//! A [`FlowTable`] belongs to one worker of one stream and sees that worker's packets in order. When a flow closes
//! on time is decided by the stream's clock (the largest timestamp so far) at the flow's own packets, never by when
//! other workers run; so any number of workers makes the same sessions.
//!
//! * [`table`]: look-up, creation, expiry, bounds.
//! * [`flow`]: what one packet adds to its session.
//! * `headers`, `dissection`: what the headers of its first packets add, and its payload.
//! * `beginning`: what is kept of the first packets.
//! * `row`: the row of its present segment.
//! * [`tcp`], [`sctp`]: payload in order.
//! * `index`, `slab`: where flows are found, and where they lie.
//! * [`timers`]: expiry by whole seconds without work per packet.
//! * `unwritten`, `pieces`: flows whose packets no row holds yet, and the queues that such lists are.
//! * [`identity`], [`community`]: row ids and Community ID.
//! * [`replay`]: what is known when a stream is read again.

mod beginning;
pub mod community;
pub mod counters;
mod dissection;
pub mod flow;
mod headers;
mod held;
pub mod identity;
mod index;
mod pieces;
pub mod replay;
mod row;
pub mod sctp;
pub mod settings;
mod slab;
pub mod table;
pub mod tcp;
pub mod timers;
mod unwritten;

pub use counters::FlowCounters;
pub use flow::PacketFacts;
pub use settings::FlowSettings;
pub use table::FlowTable;
