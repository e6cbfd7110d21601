//! What two ends say to each other, by protocol.

pub mod call;
pub mod certificate;
pub mod dns;
pub mod http;
pub mod plain;
pub mod tls;

use crate::conversation::{Carrier, Script};
use crate::hosts::{self, Ends};
use crate::random::Random;

/// What every script is written from.
pub struct Scene<'a> {
    /// Source of everything that differs between conversations.
    pub random: &'a mut Random,
    /// Number of the client.
    pub client: u32,
    /// Whether the two ends use IPv6.
    pub ipv6: bool,
    /// Name of the server.
    pub name: String,
}

impl Scene<'_> {
    /// A conversation with `port` of the named server.
    pub fn script(
        &mut self,
        carrier: Carrier,
        port: u16,
        messages: Vec<crate::conversation::Message>,
    ) -> Script {
        let own = self.random.between(32_768, 60_999) as u16;
        let ends = Ends {
            client: hosts::client(self.client, self.ipv6, own),
            server: hosts::server(&self.name, self.ipv6, port),
        };
        Script { carrier, ends, messages }
    }
}

/// Appends `bytes` behind their length in two bytes.
fn put_counted16(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(bytes);
}
