//! X.509 certificates (RFC 5280): the fields of one `cert` object.

use super::der::{self, Der, tag};
use super::fields;
use crate::Context;
use lookback_session::{FieldSpec, Fields};
use sha1::{Digest, Sha1};

/// Certificates kept of one session; more are not read.
const MAX_CERTIFICATES: usize = 64;
/// What one costs of the work for a packet, beside hashing its bytes.
const CERTIFICATE_WORK: usize = 2_000;
/// Bit of keyCertSign in a key usage (RFC 5280 section 4.2.1.3).
const KEY_CERT_SIGN: u8 = 0x04;

/// Common names, organisations and units of a name.
#[derive(Default, PartialEq, Eq)]
struct Name {
    common: Vec<String>,
    organisation: Vec<String>,
    unit: Vec<String>,
}

/// What a certificate says.
#[derive(Default)]
struct Certificate<'a> {
    serial: &'a [u8],
    issuer: Name,
    subject: Name,
    not_before: Option<i64>,
    not_after: Option<i64>,
    algorithm: String,
    curve: Option<String>,
    alternatives: Vec<String>,
    bad_alternative: bool,
    signs_certificates: bool,
}

/// Adds the certificate in `data` to the session, once.
pub fn add(context: &mut Context<'_>, data: &[u8]) {
    if !context.takes("tls", CERTIFICATE_WORK) {
        return;
    }
    let mut hash = String::with_capacity(59);
    for (index, byte) in Sha1::digest(data).iter().enumerate() {
        if index > 0 {
            hash.push(':');
        }
        hash.extend(crate::bytes::hex_pair(*byte).map(char::from));
    }
    let present = || context.fields.objects(&fields::CERT);
    if present().count() >= MAX_CERTIFICATES || present().any(|held| held.has_text(&fields::HASH, &hash)) {
        return;
    }
    let Some(certificate) = read(data) else {
        context.malformed("tls", "certificate");
        return;
    };
    let object = certificate.object(&hash, context.session.first_packet_us.div_euclid(1_000_000));
    context.fields.add_object(&fields::CERT, &object);
    if certificate.signs_certificates {
        context.tag("cert:certificate-authority");
    }
    if !certificate.issuer.common.is_empty() && certificate.issuer == certificate.subject {
        context.tag("cert:self-signed");
    }
    if certificate.not_before.is_some_and(|time| time < 0)
        || certificate.not_after.is_some_and(|time| time < 0)
    {
        context.tag("cert:pre-epoch-time");
    }
    if certificate.bad_alternative {
        context.tag("bad-altname");
    }
}

impl Certificate<'_> {
    fn object(&self, hash: &str, session_start: i64) -> Fields {
        const DAY: i64 = 86_400;
        let mut object = Fields::new();
        object.add_text(&fields::HASH, hash);
        object.add_text(&fields::SERIAL, &crate::bytes::hex(self.serial));
        let names: [(&'static FieldSpec, &[String]); 6] = [
            (&fields::ISSUER_CN, &self.issuer.common),
            (&fields::ISSUER_ON, &self.issuer.organisation),
            (&fields::ISSUER_OU, &self.issuer.unit),
            (&fields::SUBJECT_CN, &self.subject.common),
            (&fields::SUBJECT_ON, &self.subject.organisation),
            (&fields::SUBJECT_OU, &self.subject.unit),
        ];
        for (field, values) in names {
            for value in values {
                object.add_text(field, value);
            }
        }
        for alternative in &self.alternatives {
            object.add_text(&fields::ALT, alternative);
        }
        if let Some(time) = self.not_before {
            object.add_integer(&fields::NOT_BEFORE, time * 1000);
        }
        if let Some(time) = self.not_after {
            object.add_integer(&fields::NOT_AFTER, time * 1000);
            let remaining = (time - session_start).max(0);
            object.add_integer(&fields::REMAINING_SECONDS, remaining);
            object.add_integer(&fields::REMAINING_DAYS, remaining / DAY);
        }
        if let (Some(from), Some(to)) = (self.not_before, self.not_after) {
            object.add_integer(&fields::VALID_SECONDS, to - from);
            object.add_integer(&fields::VALID_DAYS, (to - from) / DAY);
        }
        if !self.algorithm.is_empty() {
            object.add_text(&fields::PUBLIC_ALGORITHM, &self.algorithm);
        }
        if let Some(curve) = &self.curve {
            object.add_text(&fields::CURVE, curve);
        }
        object
    }
}

fn read(data: &[u8]) -> Option<Certificate<'_>> {
    let mut signed = Der::new(data).enter(tag::SEQUENCE)?.enter(tag::SEQUENCE)?;
    signed.take(0xa0); // version
    let mut certificate = Certificate { serial: signed.take(tag::INTEGER)?, ..Certificate::default() };
    signed.take(tag::SEQUENCE)?; // signature algorithm
    certificate.issuer = name(signed.enter(tag::SEQUENCE)?);
    let mut validity = signed.enter(tag::SEQUENCE)?;
    certificate.not_before = validity.next().and_then(|(tag, content)| der::time(tag, content));
    certificate.not_after = validity.next().and_then(|(tag, content)| der::time(tag, content));
    certificate.subject = name(signed.enter(tag::SEQUENCE)?);
    if let Some(mut algorithm) = signed.enter(tag::SEQUENCE).and_then(|mut key| key.enter(tag::SEQUENCE)) {
        certificate.algorithm =
            algorithm.take(tag::OID).map(|oid| known_name(&der::oid(oid))).unwrap_or_default();
        certificate.curve = algorithm.take(tag::OID).map(|oid| known_name(&der::oid(oid)));
    }
    while let Some((found, content)) = signed.next() {
        if found == 0xa3 {
            extensions(&mut certificate, Der::new(content).enter(tag::SEQUENCE)?);
        }
    }
    Some(certificate)
}

fn name(mut sets: Der<'_>) -> Name {
    let mut name = Name::default();
    while let Some(mut set) = sets.enter(tag::SET) {
        while let Some(mut attribute) = set.enter(tag::SEQUENCE) {
            let (Some(kind), Some((string, content))) = (attribute.take(tag::OID), attribute.next()) else {
                continue;
            };
            let text = || der::text(string, content);
            match kind {
                [0x55, 4, 3] => name.common.push(text().to_lowercase()),
                [0x55, 4, 10] => name.organisation.push(text()),
                [0x55, 4, 11] => name.unit.push(text()),
                _ => {}
            }
        }
    }
    name
}

fn extensions(certificate: &mut Certificate<'_>, mut list: Der<'_>) {
    while let Some(mut extension) = list.enter(tag::SEQUENCE) {
        let kind = extension.take(tag::OID);
        extension.take(tag::BOOLEAN); // critical
        let Some(value) = extension.take(tag::OCTET_STRING) else { continue };
        match kind {
            // Key usage: unused bit count, then bits from the highest.
            Some([0x55, 0x1d, 15]) => {
                let bits = Der::new(value).take(tag::BIT_STRING).and_then(|bits| bits.get(1).copied());
                certificate.signs_certificates = bits.is_some_and(|bits| bits & KEY_CERT_SIGN != 0);
            }
            Some([0x55, 0x1d, 17]) => alternatives(certificate, value),
            _ => {}
        }
    }
}

fn alternatives(certificate: &mut Certificate<'_>, value: &[u8]) {
    const DNS_NAME: u8 = 0x82;
    let Some(mut names) = Der::new(value).enter(tag::SEQUENCE) else {
        certificate.bad_alternative = true;
        return;
    };
    while let Some((found, content)) = names.next() {
        if found != DNS_NAME {
            continue;
        }
        match std::str::from_utf8(content) {
            Ok(name) if !name.is_empty() => certificate.alternatives.push(name.to_ascii_lowercase()),
            _ => certificate.bad_alternative = true,
        }
    }
}

/// The name by which OpenSSL and others print an identifier; an unlisted one stays dotted.
fn known_name(oid: &str) -> String {
    match oid {
        "1.2.840.113549.1.1.1" => "rsaEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.3.1" => "dhKeyAgreement",
        "1.2.840.10040.4.1" => "dsaEncryption",
        "1.2.840.10045.2.1" => "id-ecPublicKey",
        "1.2.840.10045.3.1.1" => "prime192v1",
        "1.2.840.10045.3.1.7" => "prime256v1",
        "1.3.132.0.10" => "secp256k1",
        "1.3.132.0.33" => "secp224r1",
        "1.3.132.0.34" => "secp384r1",
        "1.3.132.0.35" => "secp521r1",
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        other => other,
    }
    .to_owned()
}
