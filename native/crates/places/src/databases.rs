//! Countries and autonomous systems from databases in the MaxMind DB format (its specification 2.0).

use maxminddb::{Reader, path};
use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;

/// Largest database that is read, in bytes: it is held in memory.
const LARGEST: u64 = 1 << 30;

/// One database.
pub struct Database {
    reader: Reader<Vec<u8>>,
}

/// An autonomous system.
#[derive(Debug, PartialEq, Eq)]
pub struct AutonomousSystem<'a> {
    /// Its number.
    pub number: u32,
    /// Its name, where the database has one.
    pub name: Option<&'a str>,
}

impl Database {
    /// Opens a database. The error says why it cannot be read.
    pub fn open(file: &Path) -> Result<Self, String> {
        let length = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
        if length > LARGEST {
            return Err(format!("it has {length} bytes; at most {LARGEST} are read"));
        }
        let reader = Reader::open_readfile(file).map_err(|error| error.to_string())?;
        Ok(Self { reader })
    }

    /// The country of an address: ISO 3166-1 alpha-2. A record that does not decode counts as none.
    pub fn country(&self, address: [u8; 16]) -> Option<&str> {
        let found = self.reader.lookup(ip(address)).ok()?;
        found.decode_path::<&str>(&path!["country", "iso_code"]).ok().flatten()
    }

    /// The autonomous system of an address. A record that does not decode counts as none.
    pub fn autonomous_system(&self, address: [u8; 16]) -> Option<AutonomousSystem<'_>> {
        let found = self.reader.lookup(ip(address)).ok()?;
        let number = found.decode_path::<u32>(&path!["autonomous_system_number"]).ok().flatten()?;
        let name = found.decode_path::<&str>(&path!["autonomous_system_organization"]).ok().flatten();
        Some(AutonomousSystem { number, name })
    }
}

fn ip(address: [u8; 16]) -> IpAddr {
    let six = Ipv6Addr::from(address);
    six.to_ipv4_mapped().map_or(IpAddr::V6(six), IpAddr::V4)
}
