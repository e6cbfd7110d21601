//! Fields of SOCKS.

use lookback_session::{FieldSpec, Kind};

const G: &str = "socks";

/// Address that the client asked for.
pub static IP: FieldSpec = FieldSpec::one(G, "ip.socks", "socks.ip", Kind::Ip)
    .aliases(&["socks.ip"])
    .doc("SOCKS IP", "Address that the client asked the proxy to connect to");
/// Port that the client asked for.
pub static PORT: FieldSpec = FieldSpec::one(G, "port.socks", "socks.port", Kind::Integer)
    .aliases(&["socks.port"])
    .doc("SOCKS port", "Port that the client asked the proxy to connect to");
/// Host that the client asked for.
pub static HOST: FieldSpec = FieldSpec::one(G, "host.socks", "socks.host", Kind::LowerTerm)
    .aliases(&["socks.host"])
    .doc("SOCKS host", "Name that the client asked the proxy to connect to");
/// User.
pub static USER: FieldSpec = FieldSpec::one(G, "socks.user", "socks.user", Kind::Term)
    .aliases(&["socksuser"])
    .doc("SOCKS user", "User name given to the proxy");

/// Every field of the protocol.
pub static ALL: &[&FieldSpec] = &[&IP, &PORT, &HOST, &USER];
