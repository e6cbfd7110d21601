//! Fields of places, and the code that fills them is in `lib.rs`.

use lookback_session::{FieldSpec, Kind};

macro_rules! fields {
    ($list:ident: $($(#[doc = $doc:expr])* $name:ident = $spec:expr;)*) => {
        $($(#[doc = $doc])* pub static $name: FieldSpec = $spec;)*
        /// Every field of this block.
        pub static $list: &[&FieldSpec] = &[$(&$name),*];
    };
}

const G: &str = "general";

fields! { FIELDS:
    /// Country of the source.
    SOURCE_COUNTRY = FieldSpec::one(G, "country.src", "source.geo.country_iso_code", Kind::UpperTerm).aliases(&["source.geo.country_iso_code"]).doc("Src country", "Country of the source's address, ISO 3166-1 alpha-2 (needs geoLite2Country)");
    /// Country of the destination.
    DESTINATION_COUNTRY = FieldSpec::one(G, "country.dst", "destination.geo.country_iso_code", Kind::UpperTerm).aliases(&["destination.geo.country_iso_code"]).doc("Dst country", "Country of the destination's address, ISO 3166-1 alpha-2 (needs geoLite2Country)");
    /// Autonomous system of the source.
    SOURCE_ASN = FieldSpec::one(G, "asn.src", "source.as.full", Kind::Term).aliases(&["source.as.full"]).doc("Src ASN", "Autonomous system of the source's address: AS, number and name (needs geoLite2ASN)");
    /// Autonomous system of the destination.
    DESTINATION_ASN = FieldSpec::one(G, "asn.dst", "destination.as.full", Kind::Term).aliases(&["destination.as.full"]).doc("Dst ASN", "Autonomous system of the destination's address: AS, number and name (needs geoLite2ASN)");
    /// Its number.
    SOURCE_AS_NUMBER = FieldSpec::one(G, "source.as.number", "source.as.number", Kind::Integer).doc("Src ASN number", "Number of the autonomous system of the source's address (needs geoLite2ASN)");
    /// Its number.
    DESTINATION_AS_NUMBER = FieldSpec::one(G, "destination.as.number", "destination.as.number", Kind::Integer).doc("Dst ASN number", "Number of the autonomous system of the destination's address (needs geoLite2ASN)");
    /// Its name.
    SOURCE_AS_NAME = FieldSpec::one(G, "source.as.organization.name", "source.as.organization.name", Kind::Term).doc("Src ASN name", "Name of the autonomous system of the source's address (needs geoLite2ASN)");
    /// Its name.
    DESTINATION_AS_NAME = FieldSpec::one(G, "destination.as.organization.name", "destination.as.organization.name", Kind::Term).doc("Dst ASN name", "Name of the autonomous system of the destination's address (needs geoLite2ASN)");
    /// Registry of the source.
    SOURCE_RIR = FieldSpec::one(G, "rir.src", "srcRIR", Kind::UpperTerm).doc("Src RIR", "Regional internet registry of the source's IPv4 address (needs rirFile)");
    /// Registry of the destination.
    DESTINATION_RIR = FieldSpec::one(G, "rir.dst", "dstRIR", Kind::UpperTerm).doc("Dst RIR", "Regional internet registry of the destination's IPv4 address (needs rirFile)");
    /// Makers of the source's interfaces.
    SOURCE_OUI = FieldSpec::set(G, "oui.src", "srcOui", Kind::Term).linked().doc("Src OUI", "Makers of the source's Ethernet addresses (needs ouiFile)");
    /// Makers of the destination's interfaces.
    DESTINATION_OUI = FieldSpec::set(G, "oui.dst", "dstOui", Kind::Term).linked().doc("Dst OUI", "Makers of the destination's Ethernet addresses (needs ouiFile)");
    /// Makers of the interfaces around a tunnel, of the source.
    OUTER_SOURCE_OUI = FieldSpec::set(G, "outeroui.src", "srcOuterOui", Kind::Term).linked().doc("Src outer OUI", "Makers of the Ethernet addresses around a tunnel, of the source (needs ouiFile)");
    /// Makers of the interfaces around a tunnel, of the destination.
    OUTER_DESTINATION_OUI = FieldSpec::set(G, "outeroui.dst", "dstOuterOui", Kind::Term).linked().doc("Dst outer OUI", "Makers of the Ethernet addresses around a tunnel, of the destination (needs ouiFile)");
}
