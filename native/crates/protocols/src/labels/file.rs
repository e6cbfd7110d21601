//! File transfer and sharing: SMB, FTP (RFC 959), TFTP (RFC 1350), Hadoop, printing.

use crate::Protocol;
use crate::bytes::{be16, be32, contains};

/// A read or write request: opcode, name, NUL, mode, NUL.
fn tftp_request(data: &[u8]) -> bool {
    let mut parts = data.get(2..).unwrap_or_default().split(|&b| b == 0);
    let name = parts.next().unwrap_or_default();
    let mode = parts.next().unwrap_or_default();
    matches!(be16(data, 0), Some(1 | 2))
        && !name.is_empty()
        && (mode.eq_ignore_ascii_case(b"octet") || mode.eq_ignore_ascii_case(b"netascii"))
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "file",
    fields: &[],
    classifiers: &[
        tcp!("smb", 4, b"\xffSMB"),
        tcp!("smb", 4, b"\xfeSMB"),
        tcp!("smb", 4, b"\xfdSMB"),
        tcp!("smb", 4, b"\xfcSMB"),
        tcp_port!("ftp", 21, |data| data.starts_with(b"USER ")
            || data.starts_with(b"user ")
            || data.starts_with(b"AUTH TLS")
            || data.starts_with(b"FEAT")),
        udp_port!("tftp", 69, tftp_request),
        tcp!("hadoop", 0, b"hrpc"),
        tcp!("hdfs", 0, b"\x00\x1c", |data| contains(data, b"org.apache.hadoop.hdfs")
            || contains(data, b"BP-")),
        tcp!("hbase", 0, b"HBas"),
        udp!("bjnp", 0, b"BJNP"),
        udp!("bjnp", 0, b"BJNB"),
        udp!("bjnp", 0, b"MFNP"),
        tcp!("pjl", 0, b"\x1b%-12345X@PJL"),
        tcp!("nzsql", 0, b"\x00\x00\x00\x08\x00\x01\x00\x03"),
        tcp!("fbzero", 0, b"\x31QTV"),
        tcp_port!("nfs", 2049, |data| be32(data, 8) == Some(0) && be32(data, 16) == Some(100_003)),
    ],
};
