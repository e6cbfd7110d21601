//! Fields of HTTP.

use lookback_session::{Count, FieldSpec, Kind};

const G: &str = "http";

/// Hosts that clients asked for.
pub static HOST: FieldSpec =
    FieldSpec::set(G, "host.http", "http.host", Kind::LowerTerm).aliases(&["http.host"]).doc(
        "HTTP host",
        "Host header of a request, with its port and without, and the server name of a TLS client",
    );
/// URIs.
pub static URI: FieldSpec = FieldSpec::set(G, "http.uri", "http.uri", Kind::Term)
    .doc("HTTP URI", "Host and request target, without the scheme");
/// Paths.
pub static PATH: FieldSpec = FieldSpec::set(G, "http.uri.path", "http.path", Kind::Term)
    .doc("HTTP URI path", "Request target up to the question mark");
/// Query keys.
pub static KEY: FieldSpec = FieldSpec::set(G, "http.uri.key", "http.key", Kind::Term)
    .doc("HTTP query keys", "Names in the query string, decoded");
/// Query values.
pub static VALUE: FieldSpec = FieldSpec::set(G, "http.uri.value", "http.value", Kind::Term)
    .doc("HTTP query values", "Values in the query string, decoded; kept when parseQSValue is on");
/// Methods.
pub static METHOD: FieldSpec =
    FieldSpec::set(G, "http.method", "http.method", Kind::Term).doc("HTTP method", "Methods of the requests");
/// Status codes.
pub static STATUS: FieldSpec = FieldSpec::set(G, "http.statuscode", "http.statuscode", Kind::Integer)
    .doc("HTTP status code", "Status codes of the responses");
/// User agents.
pub static USER_AGENT: FieldSpec = FieldSpec::set(G, "http.user-agent", "http.useragent", Kind::Term)
    .doc("HTTP user agent", "User-Agent header of a request");
/// Users.
pub static USER: FieldSpec = FieldSpec::set(G, "http.user", "http.user", Kind::Term)
    .doc("HTTP user", "User name in an Authorization header");
/// Authentication schemes.
pub static AUTH_TYPE: FieldSpec = FieldSpec::set(G, "http.authtype", "http.authType", Kind::LowerTerm)
    .doc("HTTP auth type", "Scheme of an Authorization header");
/// Request bodies.
pub static REQUEST_BODY: FieldSpec = FieldSpec::set(G, "http.reqbody", "http.requestBody", Kind::Term)
    .counted(Count::None)
    .doc("HTTP request body", "Beginning of a request body, up to maxReqBody bytes");
/// Types of bodies.
pub static BODY_MAGIC: FieldSpec = FieldSpec::set(G, "http.bodymagic", "http.bodyMagic", Kind::Term)
    .doc("HTTP body magic", "Type of a body as its first bytes tell it");
/// MD5 of bodies.
pub static MD5: FieldSpec = FieldSpec::set(G, "http.md5", "http.md5", Kind::LowerTerm)
    .doc("HTTP body MD5", "MD5 of a whole body as transferred, content encoding kept");
/// SHA-256 of bodies.
pub static SHA256: FieldSpec = FieldSpec::set(G, "http.sha256", "http.sha256", Kind::LowerTerm)
    .doc("HTTP body SHA-256", "SHA-256 of a whole body as transferred; kept when supportSha256 is on");
/// Cookie names.
pub static COOKIE_KEY: FieldSpec = FieldSpec::set(G, "http.cookie.key", "http.cookieKey", Kind::Term)
    .doc("HTTP cookie keys", "Names of the cookies that clients sent");
/// Cookie values.
pub static COOKIE_VALUE: FieldSpec = FieldSpec::set(G, "http.cookie.value", "http.cookieValue", Kind::Term)
    .doc("HTTP cookie values", "Values of the cookies that clients sent; kept when parseCookieValue is on");
/// Versions of requests.
pub static CLIENT_VERSION: FieldSpec =
    FieldSpec::set(G, "http.version.src", "http.clientVersion", Kind::Term)
        .doc("HTTP src version", "Protocol version of the requests");
/// Versions of responses.
pub static SERVER_VERSION: FieldSpec =
    FieldSpec::set(G, "http.version.dst", "http.serverVersion", Kind::Term)
        .doc("HTTP dst version", "Protocol version of the responses");
/// Names of request headers.
pub static REQUEST_HEADER: FieldSpec =
    FieldSpec::set(G, "http.hasheader.src", "http.requestHeader", Kind::LowerTerm)
        .doc("HTTP request headers", "Names of the headers that the client sent");
/// Names of response headers.
pub static RESPONSE_HEADER: FieldSpec =
    FieldSpec::set(G, "http.hasheader.dst", "http.responseHeader", Kind::LowerTerm)
        .doc("HTTP response headers", "Names of the headers that the server sent");
/// Names beside [`REQUEST_HEADER_VALUE`].
pub static REQUEST_HEADER_FIELD: FieldSpec =
    FieldSpec::list(G, "", "http.requestHeaderField", Kind::LowerTerm).counted(Count::None).doc(
        "HTTP request header fields",
        "Name of each kept request header value, in the order of the values",
    );
/// Values of request headers.
pub static REQUEST_HEADER_VALUE: FieldSpec =
    FieldSpec::list(G, "http.hasheader.src.value", "http.requestHeaderValue", Kind::LowerTerm).doc(
        "HTTP request header values",
        "Request header values in lower case; with parseHTTPHeaderRequestAll",
    );
/// Names beside [`RESPONSE_HEADER_VALUE`].
pub static RESPONSE_HEADER_FIELD: FieldSpec =
    FieldSpec::list(G, "", "http.responseHeaderField", Kind::LowerTerm).counted(Count::None).doc(
        "HTTP response header fields",
        "Name of each kept response header value, in the order of the values",
    );
/// Values of response headers.
pub static RESPONSE_HEADER_VALUE: FieldSpec =
    FieldSpec::list(G, "http.hasheader.dst.value", "http.responseHeaderValue", Kind::LowerTerm).doc(
        "HTTP response header values",
        "Response header values in lower case; with parseHTTPHeaderResponseAll",
    );
/// Forwarded addresses.
pub static XFF: FieldSpec = FieldSpec::set(G, "ip.xff", "http.xffIp", Kind::Ip)
    .doc("HTTP XFF IP", "Addresses in X-Forwarded-For headers");

macro_rules! method_counts {
    ($($name:ident = $method:literal, $expression:literal, $path:literal;)*) => {
        $(
            #[doc = concat!("Number of ", $method, " requests.")]
            pub static $name: FieldSpec = FieldSpec::one(G, $expression, $path, Kind::Integer)
                .doc(concat!("HTTP ", $method, " count"), concat!("Number of ", $method, " requests"));
        )*
        /// Methods that are counted, each with the field of its count.
        pub static METHOD_COUNTS: &[(&[u8], &FieldSpec)] = &[$(($method.as_bytes(), &$name)),*];
    };
}

method_counts! {
    METHOD_GET = "GET", "http.method.GET", "http.method-GET";
    METHOD_POST = "POST", "http.method.POST", "http.method-POST";
    METHOD_HEAD = "HEAD", "http.method.HEAD", "http.method-HEAD";
    METHOD_PUT = "PUT", "http.method.PUT", "http.method-PUT";
    METHOD_DELETE = "DELETE", "http.method.DELETE", "http.method-DELETE";
    METHOD_OPTIONS = "OPTIONS", "http.method.OPTIONS", "http.method-OPTIONS";
    METHOD_CONNECT = "CONNECT", "http.method.CONNECT", "http.method-CONNECT";
}

/// Every field of the protocol.
pub static ALL: &[&FieldSpec] = &[
    &HOST,
    &URI,
    &PATH,
    &KEY,
    &VALUE,
    &METHOD,
    &STATUS,
    &USER_AGENT,
    &USER,
    &AUTH_TYPE,
    &REQUEST_BODY,
    &BODY_MAGIC,
    &MD5,
    &SHA256,
    &COOKIE_KEY,
    &COOKIE_VALUE,
    &CLIENT_VERSION,
    &SERVER_VERSION,
    &REQUEST_HEADER,
    &RESPONSE_HEADER,
    &REQUEST_HEADER_FIELD,
    &REQUEST_HEADER_VALUE,
    &RESPONSE_HEADER_FIELD,
    &RESPONSE_HEADER_VALUE,
    &XFF,
    &METHOD_GET,
    &METHOD_POST,
    &METHOD_HEAD,
    &METHOD_PUT,
    &METHOD_DELETE,
    &METHOD_OPTIONS,
    &METHOD_CONNECT,
];
