//! Dissectors: payload to typed fields. One folder a protocol; `template/` is the one to copy.
//!
//! * [`dissector`]: the interface, what a folder implements.
//! * [`registry`]: which classifiers meet a first payload.
//! * [`labels`]: protocols that are recognised by their first payload and not dissected further.
//! * [`bytes`]: checked reading of untrusted bytes.
//! * [`work`]: what may be made of one packet.

pub mod bytes;
pub mod digest;
pub mod dissector;
pub mod dns;
pub mod http;
pub mod labels;
pub mod magic;
pub mod registry;
pub mod s7comm;
pub mod socks;
pub mod starttls;
pub mod template;
pub mod tls;
pub mod work;

pub use dissector::{Classifier, Context, Dissector, Protocol, SessionFacts, Settings, Trigger, Verdict};
pub use registry::Registry;
pub use work::Work;

use lookback_session::FieldSpec;

/// Every protocol, one line each. The order is the order in which classifiers are asked.
pub static PROTOCOLS: &[&Protocol] = &[
    &dns::PROTOCOL,
    &http::PROTOCOL,
    &s7comm::PROTOCOL,
    &socks::PROTOCOL,
    &starttls::PROTOCOL,
    &tls::PROTOCOL,
    &labels::chat::PROTOCOL,
    &labels::chat::REQUESTS_OVER_TCP,
    &labels::chat::REQUESTS_OVER_UDP,
    &labels::database::PROTOCOL,
    &labels::directory::PROTOCOL,
    &labels::file::PROTOCOL,
    &labels::industrial::PROTOCOL,
    &labels::mail::PROTOCOL,
    &labels::network::PROTOCOL,
    &labels::peer::PROTOCOL,
    &labels::remote::PROTOCOL,
    &labels::rpc::PROTOCOL,
    &labels::web::PROTOCOL,
];

/// The declared fields of all protocols.
pub fn fields() -> impl Iterator<Item = &'static FieldSpec> {
    PROTOCOLS.iter().flat_map(|protocol| protocol.fields.iter().copied())
}
