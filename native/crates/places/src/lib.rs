//! Where addresses are: countries and autonomous systems from databases in the MaxMind DB format, registries and makers
//! of network interfaces from tables. Rows get these fields when they are made; what no file tells stays empty.

mod databases;
pub mod fields;
mod source;
mod tables;

pub use databases::{AutonomousSystem, Database};
pub use fields::FIELDS;
pub use source::{FileState, PlaceFiles, PlaceSource, check};
pub use tables::{Makers, Registries};

use lookback_session::record::{DESTINATION, SOURCE};
use lookback_session::{Address, FieldSpec, Fields, Session, core_fields};
use std::sync::Arc;

/// What was read.
#[derive(Default)]
pub struct Places {
    country: Option<Arc<Database>>,
    asn: Option<Arc<Database>>,
    registries: Option<Arc<Registries>>,
    makers: Option<Arc<Makers>>,
}

/// An address that a session holds beside those of its ends (one that a name stands for, the outer one of a tunnel), and the
/// fields of its places.
pub struct Located {
    /// The addresses.
    pub address: &'static FieldSpec,
    /// Their countries.
    pub country: &'static FieldSpec,
    /// Their autonomous systems.
    pub asn: &'static FieldSpec,
    /// Their registries.
    pub rir: &'static FieldSpec,
}

/// Longest text of `asn.src`.
const LONGEST_NAME: usize = 200;

impl Places {
    /// Whether no file was read.
    pub fn is_empty(&self) -> bool {
        self.country.is_none() && self.asn.is_none() && self.registries.is_none() && self.makers.is_none()
    }

    /// Takes parts of others: those that `kept` says, in the order of the fields.
    fn keep_of(&mut self, others: &Self, kept: [bool; 4]) {
        let [country, asn, registries, makers] = kept;
        if country {
            self.country.clone_from(&others.country);
        }
        if asn {
            self.asn.clone_from(&others.asn);
        }
        if registries {
            self.registries.clone_from(&others.registries);
        }
        if makers {
            self.makers.clone_from(&others.makers);
        }
    }

    /// Fills the fields of places of a row.
    pub fn fill(&self, session: &mut Session) {
        if let Some(ends) = session.ends {
            self.fill_end(session, ends.address[SOURCE], &END_FIELDS[SOURCE]);
            self.fill_end(session, ends.address[DESTINATION], &END_FIELDS[DESTINATION]);
        }
        if let Some(makers) = &self.makers {
            for (macs, ouis) in [
                (&core_fields::SOURCE_MAC, &fields::SOURCE_OUI),
                (&core_fields::DESTINATION_MAC, &fields::DESTINATION_OUI),
                (&core_fields::OUTER_SOURCE_MAC, &fields::OUTER_SOURCE_OUI),
                (&core_fields::OUTER_DESTINATION_MAC, &fields::OUTER_DESTINATION_OUI),
            ] {
                let names: Vec<&str> = session.fields.texts(macs).filter_map(|mac| makers.of(mac)).collect();
                for name in names {
                    session.fields.add_text(ouis, name);
                }
            }
        }
    }

    fn fill_end(&self, session: &mut Session, address: Address, end: &EndFields) {
        if let Some(country) = self.country_of(address) {
            session.fields.add_text(end.country, country);
        }
        if let Some((number, name)) = self.system_of(address) {
            session.fields.add_text(end.asn, &printed(number, name));
            session.fields.add_integer(end.as_number, i64::from(number));
            if !name.is_empty() {
                session.fields.add_text(end.as_name, name);
            }
        }
        if let Some(name) = self.registry_of(address) {
            session.fields.add_text(end.rir, name);
        }
    }

    /// Fills the fields of places of other addresses in `values`: a session's, or an object's inside it.
    pub fn fill_located(&self, values: &mut Fields, located: &[&Located]) {
        for &&Located { address, country, asn, rir } in located {
            let addresses: Vec<Address> = values.view().ips(address).collect();
            for address in addresses {
                if let Some(name) = self.country_of(address) {
                    values.add_text(country, name);
                }
                if let Some((number, name)) = self.system_of(address) {
                    values.add_text(asn, &printed(number, name));
                }
                if let Some(name) = self.registry_of(address) {
                    values.add_text(rir, name);
                }
            }
        }
    }

    fn country_of(&self, address: Address) -> Option<&str> {
        self.country.as_ref().and_then(|database| database.country(address))
    }

    /// Number and name of an address's autonomous system; without a name it is empty.
    fn system_of(&self, address: Address) -> Option<(u32, &str)> {
        let system = self.asn.as_ref().and_then(|database| database.autonomous_system(address))?;
        let name = system.name.unwrap_or_default();
        let end = name.char_indices().nth(LONGEST_NAME).map_or(name.len(), |(at, _)| at);
        Some((system.number, &name[..end]))
    }

    fn registry_of(&self, address: Address) -> Option<&str> {
        let four = std::net::Ipv6Addr::from(address).to_ipv4_mapped()?;
        self.registries.as_ref()?.of(four.octets())
    }
}

/// An autonomous system as Arkime writes it.
fn printed(number: u32, name: &str) -> String {
    format!("AS{number} {name}").trim_end().to_owned()
}

/// The fields of one end of a session.
struct EndFields {
    country: &'static FieldSpec,
    asn: &'static FieldSpec,
    as_number: &'static FieldSpec,
    as_name: &'static FieldSpec,
    rir: &'static FieldSpec,
}

static END_FIELDS: [EndFields; 2] = [
    EndFields {
        country: &fields::SOURCE_COUNTRY,
        asn: &fields::SOURCE_ASN,
        as_number: &fields::SOURCE_AS_NUMBER,
        as_name: &fields::SOURCE_AS_NAME,
        rir: &fields::SOURCE_RIR,
    },
    EndFields {
        country: &fields::DESTINATION_COUNTRY,
        asn: &fields::DESTINATION_ASN,
        as_number: &fields::DESTINATION_AS_NUMBER,
        as_name: &fields::DESTINATION_AS_NAME,
        rir: &fields::DESTINATION_RIR,
    },
];
