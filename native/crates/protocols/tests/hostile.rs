//! Payloads that are made to cost: none takes a millisecond, nor memory beyond its bound.

mod support;

use lookback_cost::{Cost, Limit, hold};
use lookback_protocols::work::TOO_MUCH;
use lookback_protocols::{Registry, SessionFacts, Settings, dns};
use lookback_session::Item;
use std::time::Duration;
use support::{Player, corpus_settings, seeds};

/// Of one payload.
const LIMIT: Limit = Limit { time: Duration::from_millis(1), bytes: 1 << 20 };
/// Longest payload of a packet.
const LONGEST: usize = 65_495;

/// Plays payloads, those of the client with direction 0. Whether a dissector says that one was too much.
fn costs(name: &str, ip_protocol: u8, port: u16, talk: &[(usize, Vec<u8>)]) -> bool {
    let mut most = Cost::default();
    let mut was_too_much = false;
    for settings in [Settings::default(), corpus_settings()] {
        let registry = Registry::new(&settings);
        let facts = SessionFacts { ip_protocol, port: [50_000, port], first_packet_us: 0, now_us: 0 };
        let (is_too_much, cost) = hold(LIMIT, |meter| {
            let mut player = meter.beside(|| Player::new(&registry, &settings, facts));
            for (direction, data) in talk {
                for piece in data.chunks(LONGEST) {
                    meter.measure(|| player.payload(*direction, piece));
                }
            }
            meter.measure(|| player.end());
            let is_too_much = player.malformed.iter().any(|(_, reason)| *reason == TOO_MUCH);
            meter.beside(|| drop(player));
            is_too_much
        });
        most = most.max(cost);
        was_too_much |= is_too_much;
    }
    println!("{name}: {most:?}");
    was_too_much
}

fn numbered(count: usize, of: impl Fn(usize) -> String) -> Vec<u8> {
    (0..count).map(of).collect::<String>().into_bytes()
}

fn cut(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.truncate(length);
    bytes
}

fn request(headers: &[u8]) -> Vec<u8> {
    [&b"GET / HTTP/1.1\r\n"[..], headers, b"\r\n\r\n"].concat()
}

#[test]
fn http() {
    let long = LONGEST - 100;
    let talks: Vec<(&str, Vec<u8>)> = vec![
        ("commas", request(&[&b"X-Forwarded-For: "[..], &b",".repeat(long)].concat())),
        (
            "addresses",
            request(
                &[
                    b"X-Forwarded-For: ",
                    &cut(numbered(9000, |n| format!("10.0.{}.{},", n / 256, n % 256)), long)[..],
                ]
                .concat(),
            ),
        ),
        (
            "cookies",
            request(&[b"Cookie: ", &cut(numbered(30_000, |n| format!("{n:x}=1;")), long)[..]].concat()),
        ),
        (
            "cookies by turns",
            request(&[b"Cookie: ", &cut(numbered(9_000, |n| format!("c{}=1;", n % 80)), long)[..]].concat()),
        ),
        (
            "headers by turns",
            cut(
                numbered(300, |_| {
                    format!(
                        "GET / HTTP/1.1\r\n{}\r\n",
                        (0..80).map(|h| format!("h{h}:{h}\r\n")).collect::<String>()
                    )
                }),
                long,
            ),
        ),
        ("same cookies", request(&[&b"Cookie: "[..], &b"a=1;".repeat(long / 4)].concat())),
        (
            "query",
            [
                b"GET /?",
                &cut(numbered(30_000, |n| format!("{n:x}=1&")), long)[..],
                b" HTTP/1.1\r\nHost: a\r\n\r\n",
            ]
            .concat(),
        ),
        ("query, same", [b"GET /?", &b"a=&".repeat(long / 3)[..], b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat()),
        ("escapes", [b"GET /?", &b"%41=%42&".repeat(long / 8)[..], b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat()),
        ("headers", request(&cut(numbered(9000, |n| format!("h{n:x}:{n:x}\r\n")), long))),
        (
            "headers of many requests",
            cut(
                numbered(3000, |n| {
                    format!(
                        "GET / HTTP/1.1\r\n{}\r\n",
                        (0..200).map(|h| format!("{:x}:\r\n", n * 200 + h)).collect::<String>()
                    )
                }),
                long,
            ),
        ),
        (
            "empty headers of many requests",
            cut(numbered(3000, |_| format!("GET / HTTP/1.1\r\n{}\r\n", "a:\r\n".repeat(250))), long),
        ),
        ("requests", numbered(1700, |n| format!("GET /{n} HTTP/1.1\r\nHost: h{n}\r\n\r\n"))),
        ("requests without headers", b"GET / HTTP/1.1\r\n\r\n".repeat(long / 18)),
        ("bodies", b"POST / HTTP/1.1\r\nContent-Length:1\r\n\r\na".repeat(long / 39)),
        (
            "chunked bodies",
            b"POST / HTTP/1.1\r\nTransfer-Encoding:chunked\r\n\r\n1\r\na\r\n0\r\n\r\n".repeat(long / 60),
        ),
        (
            "chunks",
            [&b"POST / HTTP/1.1\r\nTransfer-Encoding:chunked\r\n\r\n"[..], &b"1\nx\n".repeat(long / 4)]
                .concat(),
        ),
        (
            "passwords",
            [&b"POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"[..], &b"passwor=".repeat(long / 8)]
                .concat(),
        ),
        ("equals", [&b"POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"[..], &b"=".repeat(long)].concat()),
        ("basic", request(&[&b"Authorization: Basic "[..], &b"QUFB".repeat(long / 4)].concat())),
        ("digest", request(&[&b"Authorization: Digest "[..], &b"usernam=".repeat(long / 8)].concat())),
        ("folded", request(&[&b"A: b\r\n"[..], &b" b\r\n".repeat(long / 4)].concat())),
    ];
    for (name, talk) in talks {
        // Whole, and all but its end in a payload of its own.
        let (head, tail) = talk.split_at(talk.len() - 2);
        costs(name, 6, 80, &[(0, talk.clone())]);
        costs(name, 6, 80, &[(0, head.to_vec()), (0, tail.to_vec())]);
    }
    costs(
        "responses",
        6,
        80,
        &[(0, b"GET / HTTP/1.1\r\n\r\n".to_vec()), (1, b"HTTP/1.1 204 A\r\n\r\n".repeat(long / 18))],
    );
    costs(
        "different servers",
        6,
        80,
        &[
            (0, b"GET / HTTP/1.1\r\n\r\n".to_vec()),
            (1, numbered(1500, |n| format!("HTTP/1.1 204 A\r\nServer: {n}\r\n\r\n"))),
        ],
    );
}

/// What a session has makes no payload that brings nothing new cost more.
#[test]
fn what_is_there_already() {
    let long = LONGEST - 100;
    let filled = |fields: usize| -> Vec<(usize, Vec<u8>)> {
        let named = |n: usize| {
            format!(
                "GET /{n:04}?k{n:04}=v{n:04} HTTP/1.1\r\nHost: h{n}\r\nCookie: c{n}=v{n}\r\nUser-Agent: u{n}\r\nReferer: r{n}\r\n\
                 X-Forwarded-For: 10.0.{}.{}\r\nh{n}: v{n}\r\n\r\n",
                n / 256,
                n % 256
            )
        };
        (0..fields)
            .step_by(50)
            .map(|from| (0, (from..from + 50).map(named).collect::<String>().into()))
            .collect()
    };
    let cookies = request(&[&b"Cookie: "[..], &b"a=;".repeat(long / 3)].concat());
    let posts = b"POST / HTTP/1.1\r\n\r\n".repeat(long / 19);
    let deletes = b"DELETE / HTTP/1.1\r\n\r\n".repeat(long / 21);
    for (name, talk) in [("same cookies", cookies), ("counts", posts), ("a late count", deletes)] {
        costs(name, 6, 80, &[filled(1_500), vec![(0, talk)]].concat());
    }
    // Each message changes the object of its question.
    let texts = |n: u16| {
        let text = [&[255][..], &n.to_be_bytes(), &[b'x'; 253]].concat();
        seeds::dns_message(0x8580, "example.com", 16, &vec![seeds::record(16, &text.repeat(60)); 4])
    };
    let query = seeds::dns_message(0x0100, "example.com", 16, &[]);
    let notify = seeds::dns_message(0x2100, "example.com", 16, &[]);
    let empty = seeds::dns_message(0x8583, "example.com", 16, &[]);
    let framed = |messages: &[&Vec<u8>]| -> Vec<u8> {
        messages
            .iter()
            .flat_map(|message| [&(message.len() as u16).to_be_bytes()[..], message].concat())
            .collect()
    };
    let mut talk: Vec<(usize, Vec<u8>)> = (0..300).map(|n| (1, framed(&[&texts(n)]))).collect();
    talk.push((0, framed(&[&query]).repeat(LONGEST / 40)));
    talk.push((0, framed(&[&query, &notify]).repeat(LONGEST / 80)));
    talk.push((1, framed(&[&empty]).repeat(LONGEST / 40)));
    costs("messages of one question", 6, 53, &talk);
}

/// However many messages there are, one question's object stays so large that a copy costs little.
#[test]
fn an_object_that_is_full_gets_no_records() {
    let settings = Settings::default();
    let registry = Registry::new(&settings);
    let facts = SessionFacts { ip_protocol: 17, port: [50_000, 53], first_packet_us: 0, now_us: 0 };
    let mut player = Player::new(&registry, &settings, facts);
    const MESSAGES: u16 = 100;
    for n in 0..MESSAGES {
        let text = [&[255][..], &n.to_be_bytes(), &[b'x'; 253]].concat().repeat(16);
        player.payload(1, &seeds::dns_message(0x8580, "example.com", 16, &[seeds::record(16, &text)]));
    }
    assert!((128 << 10..144 << 10).contains(&player.fields.byte_len()), "{}", player.fields.byte_len());
    let question = player.fields.objects(&dns::fields::DNS).next().expect("it is there");
    let kept = question.objects(&dns::fields::ANSWERS).count() as u32;
    assert_eq!(kept + player.fields.dropped(), u32::from(MESSAGES));
    let counted = question.items().filter(|(number, _)| *number == dns::fields::ANSWER_COUNT.number());
    assert_eq!(counted.map(|(_, item)| item).collect::<Vec<_>>(), [Item::Integer(i64::from(MESSAGES))]);
}

#[test]
fn dns() {
    let answers = |records: Vec<Vec<u8>>| seeds::dns_message(0x8580, "example.com", 255, &records);
    let deep = {
        // A name of 127 labels, which all records point to.
        let mut name = b"\x01a".repeat(126);
        name.push(0);
        name
    };
    let pointing = |kind: u16, data: &[u8]| seeds::record(kind, data);
    let window = |number: u8| [&[number, 32][..], &[0xff; 32]].concat();
    let windows: Vec<_> = (0..=255).map(window).collect();
    let no_types: Vec<_> = (0..=255u8).map(|number| [&[number, 32][..], &[0; 32]].concat()).collect();
    let next_secure =
        |windows: &[Vec<u8>], times: usize| pointing(47, &[vec![0], windows.concat().repeat(times)].concat());
    let service = |key: u16, value: &[u8]| {
        let length = (value.len() as u16).to_be_bytes();
        pointing(65, &[&[0, 1, 0][..], &key.to_be_bytes(), &length, value].concat())
    };
    let most = |record: Vec<u8>, numbered: bool| -> Vec<Vec<u8>> {
        let count = (LONGEST - 400) / record.len();
        (0..count)
            .map(|n| {
                let mut record = record.clone();
                if numbered {
                    let end = record.len();
                    record[end - 2..].copy_from_slice(&(n as u16).to_be_bytes());
                }
                record
            })
            .collect()
    };
    for (name, message) in [
        ("addresses", answers(most(pointing(1, &[10, 0, 0, 0]), true))),
        ("same address", answers(most(pointing(1, &[10, 0, 0, 0]), false))),
        ("empty", answers(most(pointing(1, &[]), false))),
        ("aliases", answers(most(pointing(5, &[0xc0, 12]), false))),
        ("deep aliases", answers([vec![pointing(5, &deep)], most(pointing(5, &[0xc0, 41]), false)].concat())),
        ("texts", answers(most(pointing(16, b"\x03abc"), true))),
        (
            "signatures",
            answers(most(
                pointing(46, &[0, 1, 8, 2, 0, 0, 0, 60, 0, 0, 0, 2, 0, 0, 0, 1, 0, 7, 0xc0, 41]),
                false,
            )),
        ),
        ("services", answers(most(pointing(65, &[0, 1, 0, 0, 1, 0, 3, 2, b'h', b'2']), true))),
        ("mail", answers(most(pointing(15, &[0, 10, 0xc0, 41]), false))),
        ("the same types over and over", answers(vec![next_secure(&[window(0)], 1_900)])),
        ("all types", answers(vec![next_secure(&windows, 1)])),
        ("many types of many names", answers(vec![next_secure(&windows[..9], 1); 200])),
        ("no types", answers(vec![next_secure(&no_types, 1); 7])),
        ("mandatory keys", answers(vec![service(0, &[0xff; 60_000])])),
        ("mandatory keys of many services", answers(vec![service(0, &[0xff; 3_600]); 17])),
        ("protocols", answers(vec![service(1, &[0; 60_000])])),
        ("addresses of a service", answers(vec![service(6, &[0xaa; 60_000])])),
        ("addresses of many services", answers(vec![service(6, &[0xaa; 6_400]); 9])),
        ("a path that is no text", answers(vec![service(7, &[0xff; 60_000])])),
        ("parameters", answers(vec![pointing(65, &[&[0, 1, 0][..], &[0, 3, 0, 0].repeat(15_000)].concat())])),
        ("strings", answers(vec![pointing(16, &[0; 60_000])])),
        ("long strings that are no text", answers(vec![pointing(16, &[0xff; 16_128]); 4])),
        ("digests", answers(vec![pointing(43, &[0xff; 8_192]); 7])),
        ("tags that are no text", answers(vec![pointing(257, &[0xff; 8_192]); 7])),
    ] {
        costs(
            name,
            17,
            53,
            &[(0, seeds::dns_message(0x0100, "example.com", 255, &[])), (1, message.clone())],
        );
        let framed = [&(message.len() as u16).to_be_bytes()[..], &message].concat();
        costs(name, 6, 53, &[(0, vec![0]), (1, framed)]);
    }
    let small = seeds::dns_message(0x0100, "a", 1, &[]);
    let framed = |n: usize| {
        let mut message = seeds::dns_message(0x0100, &format!("{n:x}"), 1, &[]);
        message.splice(0..0, (message.len() as u16).to_be_bytes());
        message
    };
    assert!(costs("messages", 6, 53, &[(0, (0..LONGEST / 24).flat_map(framed).collect())]));
    costs(
        "same messages",
        6,
        53,
        &[(0, [&(small.len() as u16).to_be_bytes()[..], &small].concat().repeat(LONGEST / 22))],
    );
    costs(
        "responses",
        6,
        53,
        &[(
            0,
            (0..LONGEST / 40)
                .flat_map(|n| {
                    let mut message =
                        seeds::dns_message(0x8580, &format!("{n:x}"), 1, &[seeds::record(1, &[10, 0, 0, 1])]);
                    message.splice(0..0, (message.len() as u16).to_be_bytes());
                    message
                })
                .collect(),
        )],
    );
}

#[test]
fn tls() {
    let record =
        |kind: u8, body: &[u8]| [&[kind, 3, 3][..], &(body.len() as u16).to_be_bytes(), body].concat();
    let message =
        |kind: u8, body: &[u8]| [&[kind][..], &(body.len() as u32).to_be_bytes()[1..], body].concat();
    let records =
        |bytes: &[u8]| -> Vec<u8> { bytes.chunks(16_000).flat_map(|piece| record(22, piece)).collect() };
    let vector3 = |body: &[u8]| [&(body.len() as u32).to_be_bytes()[1..], body].concat();
    let hello = records(&message(1, &seeds::client_hello(false)));
    let server = records(&message(2, &seeds::server_hello()));
    let one = seeds::certificate();
    let certificates = |all: Vec<Vec<u8>>| {
        records(&message(11, &vector3(&all.iter().flat_map(|one| vector3(one)).collect::<Vec<_>>())))
    };
    let numbered: Vec<Vec<u8>> = (0..(60_000 / (one.len() + 3)))
        .map(|n| {
            let mut one = one.clone();
            let end = one.len();
            one[end - 2..].copy_from_slice(&(n as u16).to_be_bytes());
            one
        })
        .collect();
    costs("certificates", 6, 443, &[(0, hello.clone()), (1, server.clone()), (1, certificates(numbered))]);
    costs(
        "same certificates",
        6,
        443,
        &[
            (0, hello.clone()),
            (1, server.clone()),
            (1, certificates(vec![one.clone(); 60_000 / (one.len() + 3)])),
        ],
    );
    costs(
        "empty certificates",
        6,
        443,
        &[(0, hello.clone()), (1, server.clone()), (1, certificates(vec![vec![0]; 15_000]))],
    );
    costs("hellos", 6, 443, &[(0, hello.repeat(LONGEST / hello.len()))]);
    costs("empty records", 6, 443, &[(0, hello.clone()), (0, record(22, &[]).repeat(LONGEST / 5))]);
    costs("empty messages", 6, 443, &[(0, hello.clone()), (0, records(&message(0, &[]).repeat(15_000)))]);
    costs("bytewise", 6, 443, &[(0, hello[..200.min(hello.len())].to_vec()), (0, vec![0; 60_000])]);
}

#[test]
fn dtls() {
    let fragment = |kind: u8, sequence: u16, total: usize, part: &[u8]| {
        let [_, total @ ..] = (total as u32).to_be_bytes();
        let [_, length @ ..] = (part.len() as u32).to_be_bytes();
        [&[kind][..], &total, &sequence.to_be_bytes(), &[0; 3], &length, part].concat()
    };
    let record =
        |body: &[u8]| [&[22, 0xfe, 0xfd][..], &[0; 8], &(body.len() as u16).to_be_bytes(), body].concat();
    // A version, a random number, and empty lists.
    let least = [&[0xfe, 0xfd][..], &[7; 32], &[0, 0, 0, 2, 0, 0x2f, 1, 0]].concat();
    let hello = fragment(1, 0, least.len(), &least);
    let full = seeds::client_hello(true);
    let full = fragment(1, 0, full.len(), &full);
    let many = |fragment: &[u8]| record(&fragment.repeat((LONGEST - 13) / fragment.len()));
    for message in [&hello, &full] {
        assert!(costs("hellos", 17, 443, &[(0, many(message))]));
        assert!(costs(
            "hellos in records",
            17,
            443,
            &[(0, record(message).repeat(LONGEST / (message.len() + 13)))]
        ));
    }
    costs("beginnings", 17, 443, &[(0, many(&fragment(1, 0, 100_000, &[0])))]);
    assert!(costs("empty messages", 17, 443, &[(0, many(&fragment(1, 0, 0, &[])))]));
    let one = seeds::certificate();
    let vector3 = |body: &[u8]| [&(body.len() as u32).to_be_bytes()[1..], body].concat();
    let certificates = vector3(&vector3(&one).repeat(60_000 / (one.len() + 3)));
    let certificates = record(&fragment(11, 1, certificates.len(), &certificates));
    costs("same certificates", 17, 443, &[(0, record(&hello)), (1, certificates)]);
    assert!(!costs("one hello", 17, 443, &[(0, record(&full))]));
}

/// As much as programs put into one packet is read whole.
#[test]
fn ordinary_payloads_are_not_too_much() {
    let requests = numbered(20, |n| {
        let cookies: String = (0..20).map(|cookie| format!("c{cookie}={n}; ")).collect();
        format!(
            "GET /page{n}?a=1&b=2 HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nReferer: r\r\nCookie: {cookies}\r\n\r\n"
        )
    });
    assert!(!costs("requests", 6, 80, &[(0, requests)]));
    let records =
        (0..300u16).map(|n| seeds::record(1, &[10, 0, n.to_be_bytes()[0], n as u8])).collect::<Vec<_>>();
    assert!(!costs("records", 17, 53, &[(1, seeds::dns_message(0x8580, "example.com", 1, &records))]));
    let queries = (0..100).flat_map(|n| {
        let query = seeds::dns_message(0x0100, &format!("host{n}.example.com"), 1, &[]);
        [&(query.len() as u16).to_be_bytes()[..], &query].concat()
    });
    assert!(!costs("queries", 6, 53, &[(0, queries.collect())]));
    let talk: Vec<_> = seeds::tls().remove(0);
    assert!(!costs("hello", 6, 443, &talk));
}
