//! Runs the capture core: sources to workers to segments, with bounded queues.
//!
//! * [`import`]: a capture file into segments; also the replay of our own packet files after a crash.
//! * [`dissect`]: a capture file into documents, without an index.
//! * [`live`]: batches of live packets into our own packet files and segments.
//! * [`located`]: places of addresses that dissectors and tunnels find.
//! * [`copy`]: a compressed file or standard input into a plain packet file of ours.
//! * [`direction`]: which end of a session sent each of its packets.
//! * [`clock`]: the stream's clock, which never goes back.
//! * [`fan_out`]: packets to workers by flow hash.
//! * [`fragments`]: IP fragments joined before flows see them.
//! * [`origins`]: which packets came by which interface.
//! * [`rules`]: what is left out by the first packet of a session.
//! * [`segment_sink`]: rows into segments.
//! * [`standard_input`]: standard input, read to its end.
//! * [`shared`]: what several threads need, made by who comes first.
//! * [`stream`]: the packets of a stream in order. [`stream_batches`]: the same for several workers.
//! * [`worker`]: one flow table and what surrounds it.

pub mod clock;
pub mod copy;
pub mod direction;
pub mod dissect;
pub mod error;
pub mod fan_out;
pub mod fields;
pub mod fragments;
pub mod import;
pub mod live;
pub mod located;
pub mod origins;
pub mod rules;
pub mod save_unknown;
mod segment_sink;
pub mod settings;
pub mod shared;
pub mod standard_input;
pub mod stream;
pub mod stream_batches;
pub mod worker;

pub use error::EngineError;
pub use settings::EngineSettings;
