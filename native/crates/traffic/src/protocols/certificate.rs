//! X.509 certificates (RFC 5280) in DER (X.690) whose keys and signatures are random: they read like real ones and
//! verify as none.

use crate::random::Random;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const OID: u8 = 0x06;
const UTF8: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;

/// 1.2.840.113549.1.1.11, sha256WithRSAEncryption.
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
/// 1.2.840.113549.1.1.1, rsaEncryption.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// 2.5.4.3, 2.5.4.10, 2.5.4.6.
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANIZATION: &[u8] = &[0x55, 4, 10];
const COUNTRY: &[u8] = &[0x55, 4, 6];
/// 2.5.29.17 and 2.5.29.19.
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 4);
    out.push(tag);
    match length {
        0..0x80 => out.push(length as u8),
        0x80..0x100 => out.extend_from_slice(&[0x81, length as u8]),
        _ => out.extend_from_slice(&[0x82, (length >> 8) as u8, length as u8]),
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

fn name(common: &str, organization: &str) -> Vec<u8> {
    let part = |oid: &[u8], text: &str| {
        der(SET, &[&der(SEQUENCE, &[&der(OID, &[oid]), &der(UTF8, &[text.as_bytes()])])])
    };
    der(SEQUENCE, &[&part(COUNTRY, "GB"), &part(ORGANIZATION, organization), &part(COMMON_NAME, common)])
}

fn positive(random: &mut Random, length: usize) -> Vec<u8> {
    let mut bytes = random.bytes(length);
    if let Some(first) = bytes.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    der(INTEGER, &[&bytes])
}

fn certificate(
    random: &mut Random,
    subject: &[u8],
    issuer: &[u8],
    years: [&str; 2],
    extension: &[u8],
) -> Vec<u8> {
    let algorithm = der(SEQUENCE, &[&der(OID, &[SHA256_WITH_RSA]), &der(NULL, &[])]);
    let validity =
        der(SEQUENCE, &[&der(UTC_TIME, &[years[0].as_bytes()]), &der(UTC_TIME, &[years[1].as_bytes()])]);
    let modulus = der(INTEGER, &[&[0, 0xc1], &random.bytes(255)]);
    let key = der(SEQUENCE, &[&modulus, &der(INTEGER, &[&[1, 0, 1]])]);
    let key_algorithm = der(SEQUENCE, &[&der(OID, &[RSA]), &der(NULL, &[])]);
    let public_key = der(SEQUENCE, &[&key_algorithm, &der(BIT_STRING, &[&[0], &key])]);
    let version = der(0xa0, &[&der(INTEGER, &[&[2]])]);
    let extensions = der(0xa3, &[&der(SEQUENCE, &[extension])]);
    let serial = positive(random, 16);
    let signed =
        der(SEQUENCE, &[&version, &serial, &algorithm, issuer, &validity, subject, &public_key, &extensions]);
    let signature = random.bytes(256);
    der(SEQUENCE, &[&signed, &algorithm, &der(BIT_STRING, &[&[0], &signature])])
}

/// The certificate of `host` and that of its issuer, each in DER. The same host always has the same ones.
pub fn chain(host: &str) -> [Vec<u8>; 2] {
    let mut random = Random::new(u64::from(crate::hosts::number_of(host)) | 1 << 40);
    let authority = random.pick(&["Example Trust CA R3", "Example Web CA G2", "Sample Internet Authority"]);
    let issuer = name(authority, "Example Trust Services");
    let root = name("Example Root CA", "Example Trust Services");
    let domain = host.split_once('.').map_or(host, |(_, domain)| domain);
    let names = [host.to_owned(), domain.to_owned(), format!("*.{domain}")];
    // A general name that is a DNS name has the context tag 2.
    let names: Vec<Vec<u8>> = names.iter().map(|name| der(0x82, &[name.as_bytes()])).collect();
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let names = der(OCTET_STRING, &[&der(SEQUENCE, &names)]);
    let alternative = der(SEQUENCE, &[&der(OID, &[ALTERNATIVE_NAMES]), &names]);
    let constraints = der(OCTET_STRING, &[&der(SEQUENCE, &[&[0x01, 0x01, 0xff]])]);
    let constraints = der(SEQUENCE, &[&der(OID, &[BASIC_CONSTRAINTS]), &[0x01, 0x01, 0xff], &constraints]);
    let leaf = certificate(
        &mut random,
        &name(host, "Example Ltd"),
        &issuer,
        ["250901000000Z", "260901000000Z"],
        &alternative,
    );
    let mut random = Random::new(u64::from(crate::hosts::number_of(authority)) | 1 << 41);
    let signer = certificate(&mut random, &issuer, &root, ["230101000000Z", "330101000000Z"], &constraints);
    [leaf, signer]
}
