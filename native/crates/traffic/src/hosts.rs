//! Who talks: clients, servers and their names. The same number is always the same host.

use crate::random::Random;

/// An address: 16 bytes, IPv4 as IPv4-mapped IPv6.
pub type Address = [u8; 16];

/// One end of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Ethernet address.
    pub mac: [u8; 6],
    /// IP address.
    pub address: Address,
    /// Port; 0 where there is none.
    pub port: u16,
    /// Time to live with which its packets arrive.
    pub ttl: u8,
}

/// Both ends of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Who starts.
    pub client: Endpoint,
    /// Who answers.
    pub server: Endpoint,
}

/// An IPv4 address.
pub const fn v4(a: u8, b: u8, c: u8, d: u8) -> Address {
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]
}

/// An IPv6 address below 2001:db8::/32.
pub const fn v6(network: u16, host: u32) -> Address {
    let [n0, n1] = network.to_be_bytes();
    let [h0, h1, h2, h3] = host.to_be_bytes();
    [0x20, 0x01, 0x0d, 0xb8, n0, n1, 0, 0, 0, 0, 0, 0, h0, h1, h2, h3]
}

/// Whether an address is IPv4.
pub fn is_v4(address: &Address) -> bool {
    address[..10] == [0; 10] && address[10..12] == [0xff, 0xff]
}

/// Ethernet address of the router between clients and servers.
const ROUTER: [u8; 6] = [0x02, 0x00, 0x5e, 0x00, 0x00, 0x01];

/// Client number `number` of the local network.
pub fn client(number: u32, ipv6: bool, port: u16) -> Endpoint {
    let [_, a, b, c] = number.to_be_bytes();
    let address = if ipv6 { v6(0x00c1, number + 0x100) } else { v4(10, 20 + a, b, 10 + c % 240) };
    Endpoint { mac: [0x02, 0x1b, 0x21, a, b, c], address, port, ttl: 64 }
}

/// The server that `name` resolves to.
pub fn server(name: &str, ipv6: bool, port: u16) -> Endpoint {
    let number = number_of(name);
    Endpoint { mac: ROUTER, address: address_of(number, ipv6), port, ttl: 48 + (number % 13) as u8 }
}

/// Address of server number `number`: RFC 5737 networks first, then RFC 2544's.
pub fn address_of(number: u32, ipv6: bool) -> Address {
    let host = 1 + (number % 250) as u8;
    match number % 16 {
        _ if ipv6 => v6(0x5e00 + (number % 64) as u16, number % 50_000 + 1),
        0 => v4(192, 0, 2, host),
        1..=3 => v4(198, 51, 100, host),
        4..=6 => v4(203, 0, 113, host),
        _ => v4(198, 18, (number / 256 % 64) as u8, host),
    }
}

/// A number for a name, spread evenly (FNV-1a).
pub fn number_of(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

const KINDS: &[&str] = &[
    "www", "shop", "api", "cdn", "img", "static", "news", "login", "docs", "files", "updates", "video",
    "maps", "forum", "blog", "search", "wiki", "status", "download", "assets",
];
const DOMAINS: &[&str] = &["example.com", "example.org", "example.net"];

/// Name of a server; a few of `names` are used most of the time.
pub fn server_name(random: &mut Random, names: u32) -> String {
    let number = random.skewed(names);
    let kind = KINDS[number as usize % KINDS.len()];
    let domain = DOMAINS[(number as usize / KINDS.len()) % DOMAINS.len()];
    match number as usize / (KINDS.len() * DOMAINS.len()) {
        0 => format!("{kind}.{domain}"),
        more => format!("{kind}{more}.{domain}"),
    }
}
