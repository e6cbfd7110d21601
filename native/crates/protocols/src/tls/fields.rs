//! Fields of TLS and of the certificates that its handshakes carry.

use lookback_session::{Count, FieldSpec, Kind};

const G: &str = "tls";

/// Version that the server chose.
pub static VERSION: FieldSpec = FieldSpec::set(G, "tls.version", "tls.version", Kind::Term)
    .doc("TLS version", "Version that the server chose");
/// Cipher suite that the server chose.
pub static CIPHER: FieldSpec = FieldSpec::set(G, "tls.cipher", "tls.cipher", Kind::UpperTerm)
    .doc("TLS cipher", "Cipher suite that the server chose");
/// JA3.
pub static JA3: FieldSpec = FieldSpec::set(G, "tls.ja3", "tls.ja3", Kind::LowerTerm)
    .doc("TLS JA3", "MD5 of version, ciphers, extensions, groups and point formats of a client hello");
/// Text that JA3 hashes.
pub static JA3_STRING: FieldSpec = FieldSpec::set(G, "tls.ja3string", "tls.ja3string", Kind::LowerTerm)
    .doc("TLS JA3 string", "Text that JA3 hashes; with ja3Strings");
/// JA3S.
pub static JA3S: FieldSpec = FieldSpec::set(G, "tls.ja3s", "tls.ja3s", Kind::LowerTerm)
    .doc("TLS JA3S", "MD5 of version, cipher and extensions of a server hello");
/// Text that JA3S hashes.
pub static JA3S_STRING: FieldSpec = FieldSpec::set(G, "tls.ja3sstring", "tls.ja3sstring", Kind::LowerTerm)
    .doc("TLS JA3S string", "Text that JA3S hashes; with ja3Strings");
/// JA4.
pub static JA4: FieldSpec = FieldSpec::set(G, "tls.ja4", "tls.ja4", Kind::LowerTerm)
    .doc("TLS JA4", "JA4 fingerprint of a client hello");
/// Unhashed JA4.
pub static JA4_R: FieldSpec = FieldSpec::set(G, "tls.ja4_r", "tls.ja4_r", Kind::LowerTerm)
    .doc("TLS JA4_r", "JA4 with its lists instead of their hashes; with ja4Raw");
/// Session id of the client.
pub static SOURCE_SESSION_ID: FieldSpec =
    FieldSpec::set(G, "tls.sessionid.src", "tls.srcSessionId", Kind::LowerTerm)
        .counted(Count::None)
        .doc("TLS src session id", "Session id in a client hello, in hex");
/// Session id of the server.
pub static DESTINATION_SESSION_ID: FieldSpec =
    FieldSpec::set(G, "tls.sessionid.dst", "tls.dstSessionId", Kind::LowerTerm)
        .counted(Count::None)
        .doc("TLS dst session id", "Session id in a server hello, in hex");

const C: &str = "cert";

/// The certificates of a session.
pub static CERT: FieldSpec =
    FieldSpec::objects(C, "cert").doc("Certificates", "Certificates that either side presented");

macro_rules! members {
    ($($(#[doc = $doc:literal])* $name:ident = $shape:ident($expression:literal, $path:literal, $kind:ident), $title:literal, $help:literal;)*) => {
        $($(#[doc = $doc])* pub static $name: FieldSpec =
            FieldSpec::$shape(C, $expression, $path, Kind::$kind).counted(Count::None).member_of(C).doc($title, $help);)*
    };
}

members! {
    /// SHA-1 of the certificate.
    HASH = one("cert.hash", "cert.hash", LowerTerm), "Certificate hash", "SHA-1 of the certificate, hex pairs with colons";
    /// Serial number.
    SERIAL = one("cert.serial", "cert.serial", LowerTerm), "Certificate serial", "Serial number in hex, as encoded";
    /// Issuer's common names.
    ISSUER_CN = set("cert.issuer.cn", "cert.issuerCN", LowerTerm), "Certificate issuer CN", "Common name of the issuer, in lower case";
    /// Issuer's organisations.
    ISSUER_ON = set("cert.issuer.on", "cert.issuerON", Term), "Certificate issuer ON", "Organisation of the issuer";
    /// Issuer's units.
    ISSUER_OU = set("cert.issuer.ou", "cert.issuerOU", Term), "Certificate issuer OU", "Organisational unit of the issuer";
    /// Subject's common names.
    SUBJECT_CN = set("cert.subject.cn", "cert.subjectCN", LowerTerm), "Certificate subject CN", "Common name of the subject, in lower case";
    /// Subject's organisations.
    SUBJECT_ON = set("cert.subject.on", "cert.subjectON", Term), "Certificate subject ON", "Organisation of the subject";
    /// Subject's units.
    SUBJECT_OU = set("cert.subject.ou", "cert.subjectOU", Term), "Certificate subject OU", "Organisational unit of the subject";
    /// Start of validity.
    NOT_BEFORE = one("cert.notbefore", "cert.notBefore", Seconds), "Certificate not before", "Start of validity";
    /// End of validity.
    NOT_AFTER = one("cert.notafter", "cert.notAfter", Seconds), "Certificate not after", "End of validity";
    /// Days of validity.
    VALID_DAYS = one("cert.validfor", "cert.validDays", Integer), "Certificate valid days", "Whole days from start to end of validity";
    /// Seconds of validity.
    VALID_SECONDS = one("cert.validforSeconds", "cert.validSeconds", Integer), "Certificate valid seconds", "Seconds from start to end of validity";
    /// Days left.
    REMAINING_DAYS = one("cert.remainingDays", "cert.remainingDays", Integer), "Certificate remaining days", "Whole days from the session's first packet to the end of validity, 0 once it is over";
    /// Seconds left.
    REMAINING_SECONDS = one("cert.remainingSeconds", "cert.remainingSeconds", Integer), "Certificate remaining seconds", "Seconds from the session's first packet to the end of validity, 0 once it is over";
    /// Key algorithm.
    PUBLIC_ALGORITHM = one("cert.publicAlgorithm", "cert.publicAlgorithm", Term), "Certificate public algorithm", "Algorithm of the public key";
    /// Curve.
    CURVE = one("cert.curve", "cert.curve", Term), "Certificate curve", "Named curve of an elliptic-curve key";
}

/// Alternative names.
pub static ALT: FieldSpec = FieldSpec::set(C, "cert.alt", "cert.alt", Kind::LowerTerm)
    .member_of(C)
    .doc("Certificate alternative names", "DNS names that the certificate is valid for");

/// Every field of TLS.
pub static ALL: &[&FieldSpec] = &[
    &VERSION,
    &CIPHER,
    &JA3,
    &JA3_STRING,
    &JA3S,
    &JA3S_STRING,
    &JA4,
    &JA4_R,
    &SOURCE_SESSION_ID,
    &DESTINATION_SESSION_ID,
    &CERT,
    &ALT,
    &HASH,
    &SERIAL,
    &ISSUER_CN,
    &ISSUER_ON,
    &ISSUER_OU,
    &SUBJECT_CN,
    &SUBJECT_ON,
    &SUBJECT_OU,
    &NOT_BEFORE,
    &NOT_AFTER,
    &VALID_DAYS,
    &VALID_SECONDS,
    &REMAINING_DAYS,
    &REMAINING_SECONDS,
    &PUBLIC_ALGORITHM,
    &CURVE,
];
