//! HTTP/1.1 (RFC 9112) requests and responses with bodies.

use super::Scene;
use crate::conversation::{Carrier, MAX_BODY, Message, Script};
use crate::random::Random;

const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "curl/8.14.1",
    "Wget/1.25.0",
    "python-requests/2.32.4",
    "Debian APT-HTTP/1.3 (2.9.8)",
    "okhttp/4.12.0",
];

/// Kinds of body: content type, ending of the path, first bytes.
const BODIES: &[(&str, &str, &[u8])] = &[
    (
        "text/html; charset=utf-8",
        "html",
        b"<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>Page</title></head>\n<body>\n",
    ),
    ("application/json", "json", b"{\"status\":\"ok\",\"items\":[{\"id\":1,\"name\":\"first\"}],\"data\":\""),
    ("image/jpeg", "jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00"),
    (
        "image/png",
        "png",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00\x00\x00\x01\x80\x08\x06\x00\x00\x00",
    ),
    ("text/css", "css", b"body{margin:0;font-family:sans-serif}\n/*"),
    ("application/javascript", "js", b"(function(){\"use strict\";/*"),
];
const DOWNLOADS: &[(&str, &str, &[u8])] = &[
    ("application/zip", "zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00"),
    ("application/gzip", "tar.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
    ("application/octet-stream", "bin", b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00"),
    ("application/pdf", "pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    ("video/mp4", "mp4", b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"),
];

fn request(random: &mut Random, method: &str, name: &str, path: &str, agent: &str, body: &str) -> Vec<u8> {
    use std::fmt::Write;
    let mut text = String::with_capacity(512);
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "{method} {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: {agent}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
    );
    if agent.starts_with("Mozilla") {
        let _ = write!(text, "Accept-Language: en-GB,en;q=0.5\r\nConnection: keep-alive\r\n");
        if random.percent(40) {
            let _ = write!(text, "Cookie: session={:016x}; theme=dark\r\n", random.bits());
        }
        if random.percent(30) {
            let _ = write!(text, "Referer: http://{name}/\r\n");
        }
    }
    if !body.is_empty() {
        let _ = write!(
            text,
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            body.len()
        );
    }
    let _ = write!(text, "\r\n{body}");
    text.into_bytes()
}

fn response(
    random: &mut Random,
    status: &str,
    kind: &str,
    prefix: &[u8],
    length: u32,
    chunked: bool,
) -> Message {
    let total = prefix.len() as u32 + length;
    let mut head = format!(
        "HTTP/1.1 {status}\r\nServer: nginx/1.26.3\r\nDate: Tue, 25 Nov 2025 {:02}:{:02}:{:02} GMT\r\nContent-Type: {kind}\r\n",
        random.below(24),
        random.below(60),
        random.below(60)
    )
    .into_bytes();
    if chunked {
        head.extend_from_slice(format!("Transfer-Encoding: chunked\r\n\r\n{total:x}\r\n").as_bytes());
    } else {
        head.extend_from_slice(
            format!("Content-Length: {total}\r\nETag: \"{:x}\"\r\n\r\n", random.bits() as u32).as_bytes(),
        );
    }
    head.extend_from_slice(prefix);
    Message::server(head).after(random.between(300, 60_000)).with_body(random, length)
}

/// One to `most` requests for pages and their parts over one connection, bodies up to `largest` bytes.
pub fn pages(scene: &mut Scene<'_>, most: u32, largest: u32) -> Script {
    let name = scene.name.clone();
    let agent = scene.random.pick(AGENTS);
    let mut messages = Vec::new();
    for _ in 0..scene.random.between(1, most) {
        let random = &mut *scene.random;
        let (kind, ending, prefix) = random.pick(BODIES);
        if random.percent(8) {
            let body = format!("user=person{}&token={:016x}&remember=on", random.below(500), random.bits());
            messages.push(
                Message::client(request(random, "POST", &name, "/login", agent, &body))
                    .after(random.between(100, 90_000)),
            );
            messages.push(response(random, "302 Found", "text/html", b"Moved", 0, false));
            continue;
        }
        let path = match random.below(4) {
            0 => format!(
                "/{}.{ending}?id={}&lang=en",
                random.pick(&["index", "view", "list", "item"]),
                random.skewed(20_000)
            ),
            _ => format!(
                "/{}/{}.{ending}",
                random.pick(&["assets", "img", "api/v2", "articles", "products"]),
                random.skewed(50_000)
            ),
        };
        messages.push(
            Message::client(request(random, "GET", &name, &path, agent, ""))
                .after(random.between(100, 90_000)),
        );
        let length = 1 + random.skewed(largest);
        let chunked = random.percent(12);
        messages.push(match random.below(100) {
            0..6 => {
                response(random, "404 Not Found", "text/html", b"<html><h1>Not found</h1></html>\n", 0, false)
            }
            6..14 => Message::server(
                "HTTP/1.1 304 Not Modified\r\nServer: nginx/1.26.3\r\nCache-Control: max-age=3600\r\n\r\n",
            ),
            _ => response(random, "200 OK", kind, prefix, length, chunked),
        });
        if chunked
            && messages.last().is_some_and(|message| message.head.windows(7).any(|word| word == b"chunked"))
        {
            messages.push(Message::server("\r\n0\r\n\r\n").after(5));
        }
    }
    scene.script(Carrier::Tcp, 80, messages)
}

/// One large file of `length` bytes.
pub fn download(scene: &mut Scene<'_>, length: u32) -> Script {
    let name = scene.name.clone();
    let random = &mut *scene.random;
    let (kind, ending, prefix) = random.pick(DOWNLOADS);
    let path = format!("/pub/release-{}/archive-{}.{ending}", random.below(40), random.skewed(9_000));
    let agent = random.pick(AGENTS);
    let ask = Message::client(request(random, "GET", &name, &path, agent, ""));
    let mut messages = vec![ask, response(random, "200 OK", kind, prefix, 0, false)];
    // The length announced is that of all the pieces.
    let total = prefix.len() as u32 + length;
    if let Some(answer) = messages.last_mut() {
        let text = format!(
            "HTTP/1.1 200 OK\r\nServer: nginx/1.26.3\r\nContent-Type: {kind}\r\nContent-Length: {total}\r\nAccept-Ranges: bytes\r\n\r\n"
        );
        answer.head = [text.as_bytes(), prefix].concat();
    }
    let mut left = length;
    while left > 0 {
        let piece = left.min(MAX_BODY);
        messages.push(Message::server([]).after(10).with_body(random, piece));
        left -= piece;
    }
    scene.script(Carrier::Tcp, 80, messages)
}
