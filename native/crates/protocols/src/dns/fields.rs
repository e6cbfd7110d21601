//! Fields of DNS. A session holds one `dns` object a question; its answers are objects inside it.

use lookback_session::{Count, FieldSpec, Kind};

const G: &str = "dns";
const O: &str = "dns";
const A: &str = "dns.answers";

/// The questions of a session.
pub static DNS: FieldSpec =
    FieldSpec::objects(G, "dns").doc("DNS", "Questions that the session asked, each with its answers");
/// Name asked for.
pub static QUERY_HOST: FieldSpec = FieldSpec::one(G, "dns.query.host", "dns.queryHost", Kind::LowerTerm)
    .member_of(O)
    .doc("DNS query host", "Name in the question");
/// Type asked for.
pub static QUERY_TYPE: FieldSpec = FieldSpec::one(G, "dns.query.type", "dns.qt", Kind::UpperTerm)
    .member_of(O)
    .doc("DNS query type", "Record type in the question");
/// Class asked for.
pub static QUERY_CLASS: FieldSpec = FieldSpec::one(G, "dns.query.class", "dns.qc", Kind::UpperTerm)
    .member_of(O)
    .doc("DNS query class", "Class in the question");
/// Operation.
pub static OPCODE: FieldSpec = FieldSpec::one(G, "dns.opcode", "dns.opcode", Kind::UpperTerm)
    .member_of(O)
    .doc("DNS opcode", "Kind of operation: QUERY, NOTIFY, UPDATE, ...");
/// Response code.
pub static STATUS: FieldSpec = FieldSpec::one(G, "dns.status", "dns.status", Kind::UpperTerm)
    .member_of(O)
    .doc("DNS status", "Response code: NOERROR, NXDOMAIN, ...");
/// Flags of responses.
pub static HEADER_FLAGS: FieldSpec =
    FieldSpec::set(G, "dns.header_flags", "dns.headerFlags", Kind::UpperTerm)
        .counted(Count::None)
        .member_of(O)
        .doc("DNS header flags", "Flags set in the responses: AA, TC, RD, RA, AD, CD");
/// Names.
pub static HOST: FieldSpec = FieldSpec::set(G, "host.dns", "dns.host", Kind::LowerTerm)
    .aliases(&["dns.host"])
    .member_of(O)
    .doc("DNS host", "Name asked for and the names that it is an alias of");
/// Punycode names.
pub static PUNY: FieldSpec = FieldSpec::set(G, "dns.puny", "dns.puny", Kind::LowerTerm)
    .member_of(O)
    .doc("DNS punycode", "Internationalised names in the ASCII form of the wire");
/// Addresses of the name.
pub static IP: FieldSpec = FieldSpec::set(G, "ip.dns", "dns.ip", Kind::Ip)
    .aliases(&["dns.ip"])
    .member_of(O)
    .doc("DNS IP", "Addresses of the name asked for");
/// Name servers.
pub static NAMESERVER_HOST: FieldSpec =
    FieldSpec::set(G, "host.dns.nameserver", "dns.nameserverHost", Kind::LowerTerm)
        .member_of(O)
        .doc("DNS nameserver host", "Names of name servers in the response");
/// Addresses of name servers.
pub static NAMESERVER_IP: FieldSpec = FieldSpec::set(G, "ip.dns.nameserver", "dns.nameserverIp", Kind::Ip)
    .member_of(O)
    .doc("DNS nameserver IP", "Addresses of name servers in the response");
/// Mail exchanges.
pub static MAILSERVER_HOST: FieldSpec =
    FieldSpec::set(G, "host.dns.mailserver", "dns.mailserverHost", Kind::LowerTerm)
        .member_of(O)
        .doc("DNS mailserver host", "Names of mail exchanges in the response");
/// Addresses of mail exchanges.
pub static MAILSERVER_IP: FieldSpec = FieldSpec::set(G, "ip.dns.mailserver", "dns.mailserverIp", Kind::Ip)
    .member_of(O)
    .doc("DNS mailserver IP", "Addresses of mail exchanges in the response");
/// Number of answers; a response without any says 0, a question without a response says nothing.
pub static ANSWER_COUNT: FieldSpec = FieldSpec::one(G, "dns.answer.cnt", "dns.answersCnt", Kind::Integer)
    .member_of(O)
    .doc("DNS answer count", "Number of records in the responses");

/// The records of the responses.
pub static ANSWERS: FieldSpec = FieldSpec::objects(G, A)
    .counted(Count::None)
    .member_of(O)
    .doc("DNS answers", "Records of the responses, all sections");
/// Owner of a record.
pub static ANSWER_NAME: FieldSpec = FieldSpec::one(G, "dns.answer.name", "dns.answers.name", Kind::Term)
    .member_of(A)
    .doc("DNS answer name", "Name that the record belongs to");
/// Type of a record.
pub static ANSWER_TYPE: FieldSpec = FieldSpec::one(G, "dns.answer.type", "dns.answers.type", Kind::UpperTerm)
    .member_of(A)
    .doc("DNS answer type", "Type of the record");
/// Class of a record.
pub static ANSWER_CLASS: FieldSpec =
    FieldSpec::one(G, "dns.answer.class", "dns.answers.class", Kind::UpperTerm)
        .member_of(A)
        .doc("DNS answer class", "Class of the record");
/// Time to live of a record.
pub static ANSWER_TTL: FieldSpec = FieldSpec::one(G, "dns.answer.ttl", "dns.answers.ttl", Kind::Integer)
    .member_of(A)
    .doc("DNS answer TTL", "Seconds that the record may be cached");
/// Address of an A or AAAA record.
pub static ANSWER_IP: FieldSpec = FieldSpec::one(G, "dns.answer.ip", "dns.answers.ip", Kind::Ip)
    .member_of(A)
    .doc("DNS answer IP", "Address of an A or AAAA record");

macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident = $expression:literal, $path:literal, $title:literal, $help:literal;)*) => {
        $($(#[doc = $doc])* pub static $name: FieldSpec =
            FieldSpec::one(G, $expression, $path, Kind::Term).member_of(A).doc($title, $help);)*
    };
}

texts! {
    /// Target of a CNAME record.
    ANSWER_CNAME = "dns.answer.cname", "dns.answers.cname", "DNS answer CNAME", "Name that a CNAME record points to";
    /// Target of an NS record.
    ANSWER_NS = "dns.answer.ns", "dns.answers.nameserver", "DNS answer NS", "Name server of an NS record";
    /// Target of an MX record.
    ANSWER_MX = "dns.answer.mx", "dns.answers.mx", "DNS answer MX", "Mail exchange of an MX record";
    /// Text of a TXT record.
    ANSWER_TXT = "dns.answer.txt", "dns.answers.txt", "DNS answer TXT", "Text of a TXT record";
    /// A CAA record.
    ANSWER_CAA = "dns.answer.caa", "dns.answers.caa", "DNS answer CAA", "CAA record in presentation form";
    /// An HTTPS record.
    ANSWER_HTTPS = "dns.answer.https", "dns.answers.https", "DNS answer HTTPS", "HTTPS record in presentation form";
    /// An RRSIG record.
    ANSWER_RRSIG = "dns.answer.rrsig", "dns.answers.rrsig", "DNS answer RRSIG", "RRSIG record in presentation form, without the signature";
    /// A DS record.
    ANSWER_DS = "dns.answer.ds", "dns.answers.ds", "DNS answer DS", "DS record in presentation form";
    /// An NSEC record.
    ANSWER_NSEC = "dns.answer.nsec", "dns.answers.nsec", "DNS answer NSEC", "NSEC record in presentation form";
}

/// Preference of an MX record, priority of an HTTPS record.
pub static ANSWER_PRIORITY: FieldSpec =
    FieldSpec::one(G, "dns.answer.priority", "dns.answers.priority", Kind::Integer)
        .member_of(A)
        .doc("DNS answer priority", "Preference of an MX record");

/// Every field of the protocol.
pub static ALL: &[&FieldSpec] = &[
    &DNS,
    &QUERY_HOST,
    &QUERY_TYPE,
    &QUERY_CLASS,
    &OPCODE,
    &STATUS,
    &HEADER_FLAGS,
    &HOST,
    &PUNY,
    &IP,
    &NAMESERVER_HOST,
    &NAMESERVER_IP,
    &MAILSERVER_HOST,
    &MAILSERVER_IP,
    &ANSWER_COUNT,
    &ANSWERS,
    &ANSWER_NAME,
    &ANSWER_TYPE,
    &ANSWER_CLASS,
    &ANSWER_TTL,
    &ANSWER_IP,
    &ANSWER_CNAME,
    &ANSWER_NS,
    &ANSWER_MX,
    &ANSWER_TXT,
    &ANSWER_CAA,
    &ANSWER_HTTPS,
    &ANSWER_RRSIG,
    &ANSWER_DS,
    &ANSWER_NSEC,
    &ANSWER_PRIORITY,
];
