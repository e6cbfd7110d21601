//! Dissectors: payload to typed fields. One folder a protocol; `template/` is the one to copy.
pub mod dissector;
pub use dissector::{Classifier, Context, Dissector, Protocol, SessionFacts, Settings, Trigger, Verdict};

use lookback_session::record::Direction;

/// Every protocol, one line each.
pub static PROTOCOLS: &[&Protocol] = &[];

/// The registered classifiers, arranged for look-up.
pub struct Registry;

impl Registry {
    /// Arranges the classifiers of [`PROTOCOLS`], leaving out those that `settings` disables.
    pub fn new(_settings: &Settings) -> Self {
        Self
    }
    /// Classifies the first payload of one direction of a flow (`context.session.ip_protocol` says the transport).
    pub fn classify(&self, _context: &mut Context<'_>, _direction: Direction, _data: &[u8]) {}
}
