//! Makes capture files of believable traffic, for benchmarks and for the first look-back.
//!
//! Conversations of several protocols are written by scripts, carried over TCP, UDP, ICMP or ARP between invented
//! hosts (RFC 1918, RFC 2544, RFC 3849 and RFC 5737 addresses, names below RFC 2606 domains), and interleaved in
//! time. The same seed makes the same file.
//!
//! * [`mix`]: which conversations, how many, when; [`mix::write`] is the entry.
//! * [`example`]: the small capture that ships with the project.
//! * [`protocols`]: what the two ends say to each other.
//! * [`conversation`]: how what they say becomes packets: handshake, segments, acknowledgements, retransmissions.
//! * [`frame`]: headers and checksums. [`capture_file`]: pcap and pcapng. [`hosts`]: who talks.

pub mod capture_file;
pub mod conversation;
pub mod example;
pub mod frame;
pub mod hosts;
pub mod mix;
pub mod protocols;
pub mod random;
