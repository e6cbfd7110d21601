//! Databases, caches and queues.

use crate::Protocol;
use crate::bytes::{be16, be24, be32, byte, contains, le32};

/// The server's greeting (protocol 10 with a printable version) or the client's answer to it.
fn mysql_greeting(data: &[u8]) -> bool {
    let length =
        data.get(..3).map_or(0, |b| b.iter().rev().fold(0usize, |sum, &b| sum << 8 | usize::from(b)));
    let version = data.get(5..).unwrap_or_default();
    let end = memchr::memchr(0, version.get(..version.len().min(64)).unwrap_or_default());
    length + 4 <= data.len() + 1024
        && (20..512).contains(&length)
        && end.is_some_and(|end| {
            end > 2
                && version.first().is_some_and(u8::is_ascii_digit)
                && version.get(..end).is_some_and(|v| v.iter().all(u8::is_ascii_graphic))
        })
}

/// Whether `data` is a Thrift struct call: strict binary protocol version 1, message type 1 to 4, a printable name.
fn thrift_call(data: &[u8]) -> bool {
    let name_length = be32(data, 4).map_or(0, |n| n as usize);
    (1..128).contains(&name_length)
        && be32(data, 0).is_some_and(|word| word & 0xffff_ff00 == 0x8001_0000 && matches!(word & 0xff, 1..=4))
        && data.get(8..8 + name_length).is_some_and(|name| {
            name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':'))
        })
}

/// Calls that only Cassandra's Thrift interface knows.
fn cassandra_thrift(data: &[u8]) -> bool {
    const CALLS: [&[u8]; 9] = [
        b"set_keyspace",
        b"describe_keyspace",
        b"describe_cluster",
        b"describe_ring",
        b"execute_cql",
        b"prepare_cql",
        b"batch_mutate",
        b"get_range_slices",
        b"multiget_slice",
    ];
    data.get(8..).is_some_and(|name| CALLS.iter().any(|call| name.starts_with(call)))
}

/// A CQL frame: version 1 to 5, known opcode, a length that fits (native protocol specification section 2).
fn cql_frame(data: &[u8]) -> bool {
    let Some(version) = byte(data, 0) else { return false };
    let (opcode, length) =
        if version & 0x7f >= 3 { (byte(data, 4), be32(data, 5)) } else { (byte(data, 3), be32(data, 4)) };
    matches!(version & 0x7f, 1..=5)
        && matches!(opcode, Some(0x00..=0x10))
        && length.is_some_and(|length| length < 1 << 20)
        && (version & 0x80 != 0 || matches!(opcode, Some(0x01 | 0x05)))
}

/// A Kafka request: length, known key, version, correlation id, client id.
fn kafka_request(data: &[u8]) -> bool {
    let (Some(length), Some(key), Some(version)) = (be32(data, 0), be16(data, 4), be16(data, 6)) else {
        return false;
    };
    let client = be16(data, 12);
    let client_fits = match client {
        Some(0xffff) => true,
        Some(size) => data
            .get(14..14 + usize::from(size))
            .is_some_and(|id| id.iter().all(|b| b.is_ascii_graphic() || *b == b' ')),
        None => false,
    };
    (10..1 << 24).contains(&length) && key <= 74 && version <= 17 && client_fits
}

/// On other ports only an API-versions request with a client id, or a length equal to the payload, is sure enough.
fn kafka_anywhere(data: &[u8]) -> bool {
    kafka_request(data)
        && be32(data, 0).is_some_and(|length| length as usize + 4 == data.len())
        && be16(data, 4) == Some(18)
        && data.len() > 20
}

/// TNS: packet length, checksum 0, type 1 (connect) or 2 to 14, header checksum 0.
fn tns_packet(data: &[u8]) -> bool {
    let length = be16(data, 0).map_or(0, usize::from);
    (data.len() == length || (length > 58 && data.len() >= 58))
        && be16(data, 2) == Some(0)
        && byte(data, 4) == Some(1)
        && contains(data, b"(DESCRIPTION=")
}

/// TDS: type, status 0 or 1, length, channel, packet number, window 0.
fn tds_packet(data: &[u8]) -> bool {
    matches!(byte(data, 0), Some(0x01 | 0x04 | 0x10 | 0x11 | 0x12))
        && matches!(byte(data, 1), Some(0 | 1))
        && be16(data, 2).is_some_and(|length| usize::from(length) == data.len() && length > 8)
        && byte(data, 7) == Some(0)
}

fn redis_command(data: &[u8]) -> bool {
    // `*N\r\n$M\r\n`: an array of bulk strings.
    let mut lines = data.split(|&b| b == b'\n');
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    matches!(first, [b'*', digits @ .., b'\r'] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
        && matches!(second, [b'$', digits @ .., b'\r'] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// A MongoDB message: length, request id, response to, a known opcode, all little-endian.
fn mongo_message(data: &[u8]) -> bool {
    le32(data, 0).is_some_and(|length| (16..48 << 20).contains(&length))
        && matches!(le32(data, 12), Some(1 | 1000 | 2001..=2007 | 2010..=2013))
        && le32(data, 8).is_some()
        && (le32(data, 12) != Some(1) || le32(data, 8) != Some(0))
}

/// Aerospike: version 2, type 1 (info) or 3 (data), a 6-byte length.
fn aerospike_message(data: &[u8]) -> bool {
    be32(data, 2) == Some(0) || be24(data, 2) == Some(0)
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "database",
    fields: &[],
    classifiers: &[
        tcp!("mysql", 3, b"\x00\x0a", mysql_greeting),
        // SSLRequest of length 8 with code 80877103; the server answers one letter.
        tcp!("postgresql", 0, b"\x00\x00\x00\x08\x04\xd2\x16\x2f"),
        tcp!("postgresql", 0, b"\x00\x00\x00\x10\x04\xd2\x16\x2e"),
        // StartupMessage of protocol 3.0 with parameters.
        tcp!("postgresql", 4, b"\x00\x03\x00\x00user\x00"),
        tcp!("postgresql", 4, b"\x00\x03\x00\x00database\x00"),
        tcp!("postgresql", 4, b"\x00\x03\x00\x02user\x00"),
        tcp!("oracle", 2, b"\x00\x00\x01\x00\x00\x00", tns_packet),
        tcp_port!("tds", 1433, tds_packet),
        tcp!("tds", 0, b"\x12\x01", |data| tds_packet(data) && byte(data, 8) == Some(0)),
        tcp!("tds", 0, b"\x10\x01", |data| tds_packet(data)
            && le32(data, 8).is_some_and(|n| n as usize + 8 == data.len())),
        tcp!("redis", 0, b"*", redis_command),
        tcp_port!("redis", 6379, |data| data.starts_with(b"+PONG\r\n")
            || data.starts_with(b"-ERR ")
            || data.starts_with(b"+OK\r\n")
            || data.starts_with(b"PING\r\n")),
        tcp_port!("mongo", 27017, mongo_message),
        tcp!("mongo", 12, b"\xd4\x07\x00\x00", |data| mongo_message(data) && contains(data, b".$cmd")),
        tcp!("mongo", 12, b"\xdd\x07\x00\x00", |data| mongo_message(data) && contains(data, b"$db")),
        tcp!("thrift", 0, b"\x80\x01\x00", thrift_call),
        tcp!("thrift", 4, b"\x80\x01\x00", |data| thrift_call(data.get(4..).unwrap_or_default())),
        tcp!("cassandra", 4, b"\x80\x01\x00", |data| data
            .get(4..)
            .is_some_and(|call| thrift_call(call) && cassandra_thrift(call))),
        tcp!("cassandra", 0, b"\x80\x01\x00", |data| thrift_call(data) && cassandra_thrift(data)),
        tcp_port!("cassandra", 9042, cql_frame),
        tcp_port!("kafka", 9092, kafka_request),
        any_tcp!("kafka", kafka_anywhere),
        tcp!("aerospike", 0, b"\x02\x01", aerospike_message),
        tcp!("aerospike", 0, b"\x02\x03", aerospike_message),
        tcp!("memcached", 0, b"get ", |data| data.ends_with(b"\r\n") && !contains(data, b"HTTP/")),
        tcp!("memcached", 0, b"set ", |data| contains(data, b"\r\n") && data.len() > 10),
        tcp!("memcached", 0, b"stats", |data| data.ends_with(b"\r\n")),
        tcp!("memcached", 0, b"version\r\n"),
        tcp!("memcached", 0, b"\x80", |data| matches!(byte(data, 1), Some(0..=0x22))
            && byte(data, 5) == Some(0)
            && data.len() >= 24
            && be32(data, 8).is_some_and(|n| n as usize + 24 == data.len())),
        udp_port!("memcached", 11211, |data| data.len() > 8 && be16(data, 4).is_some_and(|n| n > 0)),
        tcp!("elasticsearch", 0, b"ES\x00\x00"),
        tcp!("gearman", 0, b"\x00REQ\x00\x00"),
        tcp!("gearman", 0, b"\x00RES\x00\x00"),
        tcp!("zookeeper", 0, b"\x00\x00\x00\x2c\x00\x00\x00\x00"),
        tcp!("zookeeper", 0, b"\x00\x00\x00\x2d\x00\x00\x00\x00"),
        tcp!("zookeeper", 0, b"mntr"),
        tcp!("zookeeper", 0, b"ruok"),
        tcp!("splunk", 0, b"--splunk-cooked-mode"),
        tcp!("splunk-replication", 0, b"--splunk-indexer-replication"),
        tcp!("zabbix", 0, b"ZBXD\x01"),
    ],
};
