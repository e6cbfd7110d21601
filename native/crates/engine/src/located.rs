//! Places of the addresses that dissectors and tunnels find: those that a name stands for, of a proxy's client, around a
//! tunnel. The fields are here because they belong to the protocols' and are filled from the files of places.

use lookback_places::{Located, Places};
use lookback_protocols::{dns, http, socks};
use lookback_session::{Count, FieldSpec, Kind, Session, core_fields};

/// Country, autonomous system and registry of the addresses of a field, under Arkime's names.
macro_rules! located {
    ($($(#[$doc:meta])* $module:ident: $address:expr, $shape:ident, $group:literal, $names:expr, $paths:expr, $what:literal $(, $object:literal)?;)*) => {
        $($(#[$doc])* mod $module {
            use super::*;
            pub(super) static COUNTRY: FieldSpec = FieldSpec::$shape($group, $names[0], $paths[0], Kind::UpperTerm)
                .counted(Count::None)$(.member_of($object))?
                .doc(concat!($what, " country"), concat!("Countries of the addresses, ISO 3166-1 alpha-2: ", $what, " (needs geoLite2Country)"));
            pub(super) static ASN: FieldSpec = FieldSpec::$shape($group, $names[1], $paths[1], Kind::Term)
                .counted(Count::None)$(.member_of($object))?
                .doc(concat!($what, " ASN"), concat!("Autonomous systems of the addresses: ", $what, " (needs geoLite2ASN)"));
            pub(super) static RIR: FieldSpec = FieldSpec::$shape($group, $names[2], $paths[2], Kind::UpperTerm)
                .counted(Count::None)$(.member_of($object))?
                .doc(concat!($what, " RIR"), concat!("Regional internet registries of the IPv4 addresses: ", $what, " (needs rirFile)"));
            pub(super) static LOCATED: Located = Located { address: &$address, country: &COUNTRY, asn: &ASN, rir: &RIR };
        })*
        /// Every field of places that is declared here.
        pub static FIELDS: &[&FieldSpec] = &[$(&$module::COUNTRY, &$module::ASN, &$module::RIR),*];
    };
}

located! {
    /// Addresses of the name that was asked for.
    dns_addresses: dns::fields::IP, set, "dns", ["country.dns", "asn.dns", "rir.dns"], ["dns.GEO", "dns.ASN", "dns.RIR"], "DNS IP", "dns";
    /// Addresses of name servers.
    dns_nameservers: dns::fields::NAMESERVER_IP, set, "dns", ["country.dns.nameserver", "asn.dns.nameserver", "rir.dns.nameserver"],
        ["dns.nameserverGEO", "dns.nameserverASN", "dns.nameserverRIR"], "DNS nameserver IP", "dns";
    /// Addresses of mail exchanges.
    dns_mailservers: dns::fields::MAILSERVER_IP, set, "dns", ["country.dns.mailserver", "asn.dns.mailserver", "rir.dns.mailserver"],
        ["dns.mailserverGEO", "dns.mailserverASN", "dns.mailserverRIR"], "DNS mailserver IP", "dns";
    /// Clients that proxies name.
    http_clients: http::fields::XFF, set, "http", ["country.xff", "asn.xff", "rir.xff"], ["http.xffGEO", "http.xffASN", "http.xffRIR"], "HTTP XFF IP";
    /// Where a SOCKS proxy was asked to connect to.
    socks_target: socks::fields::IP, one, "socks", ["country.socks", "asn.socks", "rir.socks"], ["socks.GEO", "socks.ASN", "socks.RIR"], "SOCKS IP";
    /// Around a tunnel, of the source.
    outer_source: core_fields::OUTER_SOURCE_IP, set, "general", ["outerip.src.country", "outerip.src.asn", "outerip.src.rir"],
        ["srcOuterGEO", "srcOuterASN", "srcOuterRIR"], "Src outer IP";
    /// Around a tunnel, of the destination.
    outer_destination: core_fields::OUTER_DESTINATION_IP, set, "general", ["outerip.dst.country", "outerip.dst.asn", "outerip.dst.rir"],
        ["dstOuterGEO", "dstOuterASN", "dstOuterRIR"], "Dst outer IP";
}

/// Of the session itself.
static OF_SESSION: [&Located; 4] =
    [&http_clients::LOCATED, &socks_target::LOCATED, &outer_source::LOCATED, &outer_destination::LOCATED];
/// Of each question to DNS.
static OF_QUESTION: [&Located; 3] =
    [&dns_addresses::LOCATED, &dns_nameservers::LOCATED, &dns_mailservers::LOCATED];

/// Fills every field of places of a row.
pub fn fill(places: &Places, session: &mut Session) {
    places.fill(session);
    places.fill_located(&mut session.fields, &OF_SESSION);
    session.fields.change_objects(&dns::fields::DNS, |question| places.fill_located(question, &OF_QUESTION));
}
