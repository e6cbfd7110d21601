//! TLS 1.2 (RFC 5246) and 1.3 (RFC 8446): handshakes as three kinds of client make them, then random records.

use super::{Scene, certificate, put_counted16};
use crate::conversation::{Carrier, Message, Script};
use crate::random::Random;

const HANDSHAKE: u8 = 22;
const CHANGE_CIPHER_SPEC: &[u8] = &[20, 3, 3, 0, 1, 1];
const APPLICATION_DATA: u8 = 23;
/// Largest ciphertext that a full TLS 1.3 record of 16 KiB has with its content type and AEAD tag.
const FULL_RECORD: u32 = 16_401;

/// What tells one kind of client from another.
struct Client {
    ciphers: &'static [u16],
    groups: &'static [u16],
    protocols: &'static [&'static str],
    grease: bool,
}

const CLIENTS: &[Client] = &[
    Client {
        ciphers: &[
            0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
            0x009d, 0x002f, 0x0035,
        ],
        groups: &[0x001d, 0x0017, 0x0018],
        protocols: &["h2", "http/1.1"],
        grease: true,
    },
    Client {
        ciphers: &[
            0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc02b, 0xc02f, 0x009f, 0x009e, 0x00ff,
        ],
        groups: &[0x001d, 0x0017, 0x001e, 0x0019, 0x0018],
        protocols: &["http/1.1"],
        grease: false,
    },
    Client {
        ciphers: &[0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009],
        groups: &[0x001d, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101],
        protocols: &["h2", "http/1.1"],
        grease: false,
    },
];

fn record(kind: u8, version: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 5);
    out.extend_from_slice(&[kind, 3, version]);
    put_counted16(&mut out, body);
    out
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 4);
    let [_, a, b, c] = (body.len() as u32).to_be_bytes();
    out.extend_from_slice(&[kind, a, b, c]);
    out.extend_from_slice(body);
    out
}

fn put_extension(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend_from_slice(&kind.to_be_bytes());
    put_counted16(out, body);
}

fn counted16(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 2);
    put_counted16(&mut out, bytes);
    out
}

fn words(numbers: impl Iterator<Item = u16>) -> Vec<u8> {
    numbers.flat_map(u16::to_be_bytes).collect()
}

fn client_hello(random: &mut Random, client: &Client, name: &str, newest: bool, session: &[u8]) -> Vec<u8> {
    let grease =
        random.pick(&[0x0a0a, 0x1a1a, 0x2a2a, 0x3a3a, 0x4a4a, 0x5a5a, 0x6a6a, 0x7a7a, 0x8a8a, 0x9a9a]);
    let grease = client.grease.then_some(grease);
    let mut body = vec![3, 3];
    random.fill(&mut body, 32);
    body.push(session.len() as u8);
    body.extend_from_slice(session);
    let ciphers = client.ciphers.iter().copied().filter(|cipher| newest || cipher >> 8 != 0x13);
    put_counted16(&mut body, &words(grease.into_iter().chain(ciphers)));
    body.extend_from_slice(&[1, 0]);

    let mut extensions = Vec::with_capacity(256);
    if let Some(value) = grease {
        put_extension(&mut extensions, value, &[]);
    }
    let server_name = [&[0][..], &counted16(name.as_bytes())].concat();
    put_extension(&mut extensions, 0, &counted16(&server_name));
    put_extension(&mut extensions, 23, &[]);
    put_extension(&mut extensions, 0xff01, &[0]);
    put_extension(
        &mut extensions,
        10,
        &counted16(&words(grease.into_iter().chain(client.groups.iter().copied()))),
    );
    put_extension(&mut extensions, 11, &[1, 0]);
    put_extension(&mut extensions, 35, &[]);
    let protocols: Vec<u8> =
        client.protocols.iter().flat_map(|name| [&[name.len() as u8], name.as_bytes()].concat()).collect();
    put_extension(&mut extensions, 16, &counted16(&protocols));
    put_extension(&mut extensions, 5, &[1, 0, 0, 0, 0]);
    put_extension(
        &mut extensions,
        13,
        &counted16(&words([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501].into_iter())),
    );
    if newest {
        let share = [&[0, 0x1d][..], &counted16(&random.bytes(32))].concat();
        put_extension(&mut extensions, 51, &counted16(&share));
        put_extension(&mut extensions, 45, &[1, 1]);
        put_extension(&mut extensions, 43, &[4, 3, 4, 3, 3]);
    }
    put_counted16(&mut body, &extensions);
    record(HANDSHAKE, 1, &handshake(1, &body))
}

fn server_hello(random: &mut Random, cipher: u16, session: &[u8], newest: bool) -> Vec<u8> {
    let mut body = vec![3, 3];
    random.fill(&mut body, 32);
    body.push(session.len() as u8);
    body.extend_from_slice(session);
    body.extend_from_slice(&cipher.to_be_bytes());
    body.push(0);
    let mut extensions = Vec::with_capacity(64);
    if newest {
        put_extension(&mut extensions, 43, &[3, 4]);
        put_extension(&mut extensions, 51, &[&[0, 0x1d][..], &counted16(&random.bytes(32))].concat());
    } else {
        put_extension(&mut extensions, 0xff01, &[0]);
        put_extension(&mut extensions, 11, &[1, 0]);
        put_extension(&mut extensions, 23, &[]);
        put_extension(&mut extensions, 16, &counted16(b"\x08http/1.1"));
    }
    put_counted16(&mut body, &extensions);
    handshake(2, &body)
}

fn secret(random: &mut Random, length: u32) -> Vec<u8> {
    record(APPLICATION_DATA, 3, &random.bytes(length as usize))
}

/// Requests and answers nobody can read: `rounds` of them, answers up to `largest` bytes each.
fn talk(messages: &mut Vec<Message>, random: &mut Random, rounds: u32, largest: u32) {
    for _ in 0..rounds {
        let ask = random.between(120, 900);
        messages.push(Message::client(secret(random, ask)).after(random.between(200, 50_000)));
        let length = 80 + random.skewed(largest);
        records(messages, random, length);
    }
}

/// `length` bytes from the server in records.
fn records(messages: &mut Vec<Message>, random: &mut Random, length: u32) {
    let mut left = length;
    let mut pause = random.between(500, 40_000);
    while left > 0 {
        let piece = left.min(FULL_RECORD);
        let [high, low] = (piece as u16).to_be_bytes();
        let head = [APPLICATION_DATA, 3, 3, high, low];
        messages.push(Message::server(head).after(pause).with_body(random, piece));
        left -= piece;
        pause = 4;
    }
}

/// A TLS 1.2 connection with the server's certificates in clear.
pub fn version_1_2(scene: &mut Scene<'_>, rounds: u32, largest: u32) -> Script {
    let name = scene.name.clone();
    let random = &mut *scene.random;
    let client = &CLIENTS[random.below(CLIENTS.len() as u32) as usize];
    let session = random.bytes(32);
    let mut messages = vec![Message::client(client_hello(random, client, &name, false, &[]))];

    let mut certificates = Vec::with_capacity(2_048);
    for der in certificate::chain(&name) {
        certificates.push(0);
        put_counted16(&mut certificates, &der);
    }
    let [_, a, b, c] = (certificates.len() as u32).to_be_bytes();
    let certificates = [&[a, b, c][..], &certificates].concat();
    let mut exchange = vec![3, 0, 0x1d, 32];
    random.fill(&mut exchange, 32);
    exchange.extend_from_slice(&[0x08, 0x04]);
    put_counted16(&mut exchange, &random.bytes(256));
    let mut answer = record(HANDSHAKE, 3, &server_hello(random, 0xc02f, &session, false));
    answer.extend_from_slice(&record(HANDSHAKE, 3, &handshake(11, &certificates)));
    answer.extend_from_slice(&record(HANDSHAKE, 3, &handshake(12, &exchange)));
    answer.extend_from_slice(&record(HANDSHAKE, 3, &handshake(14, &[])));
    messages.push(Message::server(answer));

    let public = [&[32][..], &random.bytes(32)].concat();
    let mut finish = record(HANDSHAKE, 3, &handshake(16, &public));
    finish.extend_from_slice(CHANGE_CIPHER_SPEC);
    finish.extend_from_slice(&record(HANDSHAKE, 3, &random.bytes(40)));
    messages.push(Message::client(finish));
    messages.push(Message::server([CHANGE_CIPHER_SPEC, &record(HANDSHAKE, 3, &random.bytes(40))].concat()));
    talk(&mut messages, random, rounds, largest);
    scene.script(Carrier::Tcp, 443, messages)
}

fn open_1_3(random: &mut Random, name: &str) -> Vec<Message> {
    let client = &CLIENTS[random.below(CLIENTS.len() as u32) as usize];
    let session = random.bytes(32);
    let hello = client_hello(random, client, name, true, &session);
    let cipher = random.pick(&[0x1301, 0x1302, 0x1303]);
    let mut answer = record(HANDSHAKE, 3, &server_hello(random, cipher, &session, true));
    answer.extend_from_slice(CHANGE_CIPHER_SPEC);
    let length = random.between(2_400, 4_200);
    answer.extend_from_slice(&secret(random, length));
    let finish = [CHANGE_CIPHER_SPEC, &secret(random, 69)].concat();
    vec![Message::client(hello), Message::server(answer), Message::client(finish)]
}

/// A TLS 1.3 connection.
pub fn version_1_3(scene: &mut Scene<'_>, rounds: u32, largest: u32) -> Script {
    let name = scene.name.clone();
    let mut messages = open_1_3(scene.random, &name);
    talk(&mut messages, scene.random, rounds, largest);
    scene.script(Carrier::Tcp, 443, messages)
}

/// A TLS 1.3 connection that brings `length` bytes.
pub fn download(scene: &mut Scene<'_>, length: u32) -> Script {
    let name = scene.name.clone();
    let mut messages = open_1_3(scene.random, &name);
    messages.push(Message::client(secret(scene.random, 300)));
    records(&mut messages, scene.random, length);
    scene.script(Carrier::Tcp, 443, messages)
}
