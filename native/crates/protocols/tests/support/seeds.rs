//! Small conversations made by hand, for tests that change them.

/// Direction and bytes of each payload.
pub type Conversation = Vec<(usize, Vec<u8>)>;

fn of(parts: &[(usize, &[u8])]) -> Conversation {
    parts.iter().map(|(direction, bytes)| (*direction, bytes.to_vec())).collect()
}

pub fn http() -> Vec<Conversation> {
    vec![
        of(&[
            (0, b"GET /a?b=c%20d&e HTTP/1.1\r\nHost: Example.com:8080\r\nCookie: k=v; l=\r\nX-Forwarded-For: 1.2.3.4, x\r\n\r\n"),
            (1, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n"),
            (0, b"HEAD / HTTP/1.1\r\nHost: example.com\r\n\r\nPOST /p HTTP/1.1\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n"),
            (1, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"),
            (0, b"passwd=12345"),
            (1, b"HTTP/1.1 404 Not Found\r\nServer: a\r\n b\r\n\r\n<!DOCTYPE html>until close"),
        ]),
        of(&[
            (0, b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Authorization: Basic dTpw\r\n\r\n"),
            (1, b"HTTP/1.0 200 Connection established\r\n\r\n"),
            (0, &[0x16, 3, 1, 0, 4, 1, 0, 0, 0]),
            (1, &[0x16, 3, 1, 0, 4, 2, 0, 0, 0]),
        ]),
        of(&[
            (0, b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nAuthorization: Digest username=\"u\", x\r\n\r\n"),
            (1, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello"),
        ]),
    ]
}

fn name(text: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        wire.push(label.len() as u8);
        wire.extend(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// A record whose owner is the question's name.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut wire = vec![0xc0, 12];
    wire.extend(kind.to_be_bytes());
    wire.extend([0, 1, 0, 0, 0, 60]);
    wire.extend((data.len() as u16).to_be_bytes());
    wire.extend(data);
    wire
}

/// A message with one question and records in its answer section.
pub fn dns_message(flags: u16, host: &str, kind: u16, records: &[Vec<u8>]) -> Vec<u8> {
    let mut wire = vec![0x12, 0x34];
    wire.extend(flags.to_be_bytes());
    wire.extend([0, 1]);
    wire.extend((records.len() as u16).to_be_bytes());
    wire.extend([0; 4]);
    wire.extend(name(host));
    wire.extend(kind.to_be_bytes());
    wire.extend([0, 1]);
    wire.extend(records.concat());
    wire
}

pub fn dns() -> Vec<Conversation> {
    let mut mx = vec![0, 10];
    mx.extend(name("mail.example.com"));
    let mut https = vec![0, 1, 0, 0, 1, 0, 3, 2, b'h', b'2', 0, 4, 0, 4, 192, 0, 2, 1, 0, 6, 0, 16];
    https.extend([0x20; 16]);
    let mut rrsig = vec![0, 1, 8, 2, 0, 0, 0, 60, 0, 0, 0, 2, 0, 0, 0, 1, 0, 7];
    rrsig.extend(name("example.com"));
    let mut nsec = name("z.example.com");
    nsec.extend([0, 2, 0x40, 0x01]);
    let response = dns_message(
        0x8580,
        "xn--80ak6aa92e.Example.com",
        255,
        &[
            record(1, &[192, 0, 2, 1]),
            record(28, &[0x20; 16]),
            record(2, &name("ns.example.com")),
            record(5, &[1, b'c', 0xc0, 12]),
            record(15, &mx),
            record(16, b"\x03abc\x02de"),
            record(257, b"\x00\x05issueexample.net"),
            record(65, &https),
            record(43, &[0, 1, 8, 2, 0xab, 0xcd]),
            record(46, &rrsig),
            record(47, &nsec),
        ],
    );
    let query = dns_message(0x0100, "xn--80ak6aa92e.Example.com", 255, &[]);
    vec![vec![(0, query), (1, response)]]
}

/// The same messages behind their lengths.
pub fn dns_stream() -> Vec<Conversation> {
    let framed = |message: &Vec<u8>| [&(message.len() as u16).to_be_bytes()[..], message].concat();
    dns()
        .iter()
        .map(|talk| talk.iter().map(|(direction, message)| (*direction, framed(message))).collect())
        .collect()
}

fn vector(width: usize, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).to_be_bytes();
    [&length[4 - width..], body].concat()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vector(2, body)].concat()
}

pub fn client_hello(cookie: bool) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend(vector(1, &[9; 32]));
    if cookie {
        body.extend(vector(1, &[]));
    }
    body.extend(vector(2, &[0x0a, 0x0a, 0x13, 0x01, 0xc0, 0x2f]));
    body.extend([1, 0]);
    let host = [&[0][..], &vector(2, b"Www.Example.com")].concat();
    let extensions = [
        extension(0x1a1a, &[]),
        extension(0, &vector(2, &host)),
        extension(10, &vector(2, &[0x0a, 0x0a, 0, 29, 0, 23])),
        extension(11, &vector(1, &[0])),
        extension(13, &vector(2, &[4, 3, 8, 4])),
        extension(16, &vector(2, &[&vector(1, b"h2")[..], &vector(1, b"http/1.1")].concat())),
        extension(43, &vector(1, &[0x2a, 0x2a, 3, 4, 3, 3])),
        extension(0xfe0d, &[0]),
    ]
    .concat();
    body.extend(vector(2, &extensions));
    body
}

pub fn server_hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([8; 32]);
    body.extend(vector(1, &[5; 4]));
    body.extend([0xc0, 0x2f, 0]);
    body.extend(vector(2, &[extension(0xff01, &[0]), extension(11, &[1, 0])].concat()));
    body
}

pub fn der(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut wire = vec![tag];
    if body.len() < 128 {
        wire.push(body.len() as u8);
    } else {
        wire.push(0x82);
        wire.extend((body.len() as u16).to_be_bytes());
    }
    wire.extend(body);
    wire
}

fn attribute(kind: u8, text: &str) -> Vec<u8> {
    der(0x31, &der(0x30, &[der(6, &[0x55, 4, kind]), der(0x0c, text.as_bytes())].concat()))
}

/// An unsigned certificate with an elliptic-curve key that may sign others.
pub fn certificate() -> Vec<u8> {
    let issuer =
        der(0x30, &[attribute(3, "Test CA"), attribute(10, "Example"), attribute(11, "Unit")].concat());
    let usage =
        der(0x30, &[der(6, &[0x55, 0x1d, 15]), der(1, &[0xff]), der(4, &der(3, &[2, 0x04]))].concat());
    let names = der(0x30, &[der(0x82, b"A.example.com"), der(0x87, &[192, 0, 2, 1])].concat());
    let alternatives = der(0x30, &[der(6, &[0x55, 0x1d, 17]), der(4, &names)].concat());
    let key = der(
        0x30,
        &[der(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), der(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7])]
            .concat(),
    );
    let signed = der(
        0x30,
        &[
            der(0xa0, &der(2, &[2])),
            der(2, &[0, 0xab, 0xcd]),
            der(0x30, &der(6, &[0x2a, 3])),
            issuer.clone(),
            der(0x30, &[der(0x17, b"200101000000Z"), der(0x18, b"20300101000000Z")].concat()),
            issuer,
            der(0x30, &[key, der(3, &[0, 4, 1, 2])].concat()),
            der(0xa3, &der(0x30, &[usage, alternatives].concat())),
        ]
        .concat(),
    );
    der(0x30, &[signed, der(0x30, &der(6, &[0x2a, 3])), der(3, &[0, 1])].concat())
}

pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &vector(3, body)].concat()
}

pub fn tls_record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &vector(2, body)].concat()
}

pub fn tls() -> Vec<Conversation> {
    let certificates = vector(3, &vector(3, &certificate()));
    let server = [message(2, &server_hello()), message(11, &certificates), message(14, &[])].concat();
    let (first, second) = server.split_at(70);
    vec![vec![
        (0, tls_record(22, &message(1, &client_hello(false)))),
        (1, [tls_record(22, first), tls_record(22, second)].concat()),
        (
            0,
            [tls_record(22, &message(16, &[1; 33])), tls_record(20, &[1]), tls_record(22, &[0x5a; 40])]
                .concat(),
        ),
        (1, [tls_record(20, &[1]), tls_record(22, &[0x5a; 40]), tls_record(23, &[1; 100])].concat()),
    ]]
}

pub fn dtls() -> Vec<Conversation> {
    let fragment = |kind: u8, sequence: u16, total: usize, offset: usize, part: &[u8]| {
        let mut wire = vec![kind];
        wire.extend(&(total as u32).to_be_bytes()[1..]);
        wire.extend(sequence.to_be_bytes());
        wire.extend(&(offset as u32).to_be_bytes()[1..]);
        wire.extend(vector(3, part));
        wire
    };
    let record = |kind: u8, sequence: u8, body: &[u8]| {
        [&[kind, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, sequence][..], &vector(2, body)].concat()
    };
    let hello = client_hello(true);
    let certificates = vector(3, &vector(3, &certificate()));
    let (head, tail) = certificates.split_at(100);
    vec![vec![
        (0, record(22, 0, &fragment(1, 0, hello.len(), 0, &hello))),
        (1, record(22, 1, &fragment(11, 2, certificates.len(), 0, head))),
        (1, record(22, 2, &fragment(11, 2, certificates.len(), 100, tail))),
    ]]
}

pub fn socks() -> Vec<Conversation> {
    let inner: [(usize, &[u8]); 2] =
        [(0, b"GET / HTTP/1.0\r\nHost: h\r\n\r\n"), (1, b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")];
    let v5: [(usize, &[u8]); 6] = [
        (0, &[5, 2, 0, 2]),
        (1, &[5, 2]),
        (0, b"\x01\x04user\x04pass"),
        (1, &[1, 0]),
        (0, b"\x05\x01\x00\x03\x0bExample.com\x00\x50"),
        (1, &[5, 0, 0, 1, 10, 0, 0, 1, 4, 56]),
    ];
    let v4: [(usize, &[u8]); 2] =
        [(0, b"\x04\x01\x00\x50\x00\x00\x00\x01me\x00example.com\x00"), (1, &[0, 0x5a, 0, 80, 10, 0, 0, 1])];
    vec![of(&[&v5[..], &inner].concat()), of(&[&v4[..], &inner].concat())]
}

pub fn starttls() -> Vec<Conversation> {
    let greeting: [(usize, &[u8]); 4] =
        [(1, b"220 mail ESMTP\r\n"), (0, b"EHLO a\r\n"), (1, b"250 STARTTLS\r\n"), (0, b"STARTTLS\r\n")];
    tls().into_iter().map(|inner| of(&greeting).into_iter().chain(inner).collect()).collect()
}
