//! Bytes to headers: link types, tunnels, IP and transport. No allocation on the fast path, no unsafe, no I/O.
pub mod decoded;
pub use decoded::{Decoded, FlowKind, Fragment, Malformed, Tcp, Tunnels};
