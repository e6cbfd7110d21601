//! Which end of a session sent each of its packets.

use crate::errors::{coded, contained};
use lookback_engine::direction::{Directions, SessionEnds};
use napi::bindgen_prelude::{Buffer, Uint8Array};
use napi_derive::napi;
use std::net::IpAddr;

/// Bytes before each packet of a batch: link type, original length, captured length, each u32 LE.
const PACKET_HEADER: usize = 12;

/// The ends of a session, source first.
#[napi(object)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeSessionEnds {
    pub source: String,
    pub source_port: u32,
    pub destination: String,
    pub destination_port: u32,
}

/// See `DirectionFinder` in `src/native/types.ts`.
#[napi]
pub struct DirectionFinder {
    directions: Directions,
}

#[napi]
impl DirectionFinder {
    /// For one session. Fails when an address is none or a port is above 65,535.
    #[napi(constructor)]
    pub fn new(ends: NativeSessionEnds) -> napi::Result<Self> {
        let address = |text: &str| {
            text.parse::<IpAddr>().map_err(|error| bad(&format!("{text:?} is no address: {error}")))
        };
        let port = |number: u32| u16::try_from(number).map_err(|_| bad(&format!("{number} is no port")));
        let ends = SessionEnds::new(
            [address(&ends.source)?, address(&ends.destination)?],
            [port(ends.source_port)?, port(ends.destination_port)?],
        );
        Ok(Self { directions: Directions::new(ends) })
    }

    /// Takes packets, each after its header. Fails on a batch that ends within a packet.
    #[napi]
    pub fn push(&mut self, batch: Buffer) -> napi::Result<()> {
        contained("the directions of this session are not known", || self.take(&batch))
    }

    fn take(&mut self, mut rest: &[u8]) -> napi::Result<()> {
        while !rest.is_empty() {
            let Some((header, behind)) = rest.split_first_chunk::<PACKET_HEADER>() else {
                return Err(bad("a batch ends within a header"));
            };
            let word = |at: usize| {
                header.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |b| u32::from_le_bytes(*b))
            };
            let Some((frame, next)) = behind.split_at_checked(word(8) as usize) else {
                return Err(bad("a batch ends within a packet"));
            };
            // A link type has 16 bits; what is above says something else.
            self.directions.packet(word(0) as u16, frame, word(4));
            rest = next;
        }
        Ok(())
    }

    /// One byte for each packet so far: 0 not known, 1 source, 2 destination.
    #[napi]
    pub fn senders(&self) -> Uint8Array {
        self.directions.senders().iter().map(|sender| *sender as u8).collect::<Vec<u8>>().into()
    }
}

fn bad(message: &str) -> napi::Error {
    coded("INTERNAL", message, &serde_json::json!({}))
}
