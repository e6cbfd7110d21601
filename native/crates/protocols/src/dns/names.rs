//! Names of parameters, from the IANA registry "Domain Name System (DNS) Parameters".

use compact_str::{CompactString, format_compact};

/// Record type; an unlisted one as RFC 3597 writes it.
pub fn record_type(number: u16) -> CompactString {
    let known = match number {
        1 => "A",
        2 => "NS",
        3 => "MD",
        4 => "MF",
        5 => "CNAME",
        6 => "SOA",
        7 => "MB",
        8 => "MG",
        9 => "MR",
        10 => "NULL",
        11 => "WKS",
        12 => "PTR",
        13 => "HINFO",
        14 => "MINFO",
        15 => "MX",
        16 => "TXT",
        17 => "RP",
        18 => "AFSDB",
        19 => "X25",
        20 => "ISDN",
        21 => "RT",
        22 => "NSAP",
        23 => "NSAPPTR",
        24 => "SIG",
        25 => "KEY",
        26 => "PX",
        27 => "GPOS",
        28 => "AAAA",
        29 => "LOC",
        30 => "NXT",
        31 => "EID",
        32 => "NIMLOC",
        33 => "SRV",
        34 => "ATMA",
        35 => "NAPTR",
        36 => "KX",
        37 => "CERT",
        38 => "A6",
        39 => "DNAME",
        40 => "SINK",
        41 => "OPT",
        42 => "APL",
        43 => "DS",
        44 => "SSHFP",
        45 => "IPSECKEY",
        46 => "RRSIG",
        47 => "NSEC",
        48 => "DNSKEY",
        49 => "DHCID",
        50 => "NSEC3",
        51 => "NSEC3PARAM",
        52 => "TLSA",
        53 => "SMIMEA",
        55 => "HIP",
        59 => "CDS",
        60 => "CDNSKEY",
        61 => "OPENPGPKEY",
        62 => "CSYNC",
        63 => "ZONEMD",
        64 => "SVCB",
        65 => "HTTPS",
        99 => "SPF",
        108 => "EUI48",
        109 => "EUI64",
        249 => "TKEY",
        250 => "TSIG",
        251 => "IXFR",
        252 => "AXFR",
        253 => "MAILB",
        254 => "MAILA",
        255 => "ANY",
        256 => "URI",
        257 => "CAA",
        _ => return format_compact!("TYPE{number}"),
    };
    CompactString::const_new(known)
}

/// Class; an unlisted one as RFC 3597 writes it.
pub fn class(number: u16) -> CompactString {
    let known = match number {
        1 => "IN",
        2 => "CS",
        3 => "CH",
        4 => "HS",
        254 => "NONE",
        255 => "ANY",
        _ => return format_compact!("CLASS{number}"),
    };
    CompactString::const_new(known)
}

/// Operation, 0 to 15.
pub fn opcode(number: u8) -> &'static str {
    const NAMES: [&str; 16] = [
        "QUERY", "IQUERY", "STATUS", "3", "NOTIFY", "UPDATE", "DSO", "7", "8", "9", "10", "11", "12", "13",
        "14", "15",
    ];
    NAMES[usize::from(number & 15)]
}

/// Response code, 0 to 15.
pub fn status(number: u8) -> &'static str {
    const NAMES: [&str; 16] = [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMPL", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET",
        "NOTAUTH", "NOTZONE", "11", "12", "13", "14", "15",
    ];
    NAMES[usize::from(number & 15)]
}

/// Flags of a header word, in the order of the wire.
pub fn flags(word: u16) -> impl Iterator<Item = &'static str> {
    const FLAGS: [(u16, &str); 6] =
        [(0x0400, "AA"), (0x0200, "TC"), (0x0100, "RD"), (0x0080, "RA"), (0x0020, "AD"), (0x0010, "CD")];
    FLAGS.into_iter().filter(move |(bit, _)| word & bit != 0).map(|(_, name)| name)
}
