//! Fields that small conversations give; the corpus test compares real ones.

mod support;

use lookback_protocols::{Registry, SessionFacts, Settings};
use serde_json::{Map, Value as Json, json};
use support::seeds::{self, Conversation};
use support::{Player, converse, corpus_settings};

fn play(ip_protocol: u8, port: u16, talk: &Conversation) -> Map<String, Json> {
    let settings = corpus_settings();
    converse(&Registry::new(&settings), &settings, ip_protocol, port, talk)
}

fn talk(parts: &[(usize, &str)]) -> Conversation {
    parts.iter().map(|(direction, text)| (*direction, text.as_bytes().to_vec())).collect()
}

fn expect(found: &Map<String, Json>, expected: &[(&str, Json)]) {
    for (path, value) in expected {
        assert_eq!(found.get(*path).unwrap_or(&Json::Null), value, "{path} in {found:#?}");
    }
}

#[test]
fn pipelined_requests_meet_their_responses() {
    let found = play(6, 80, &seeds::http()[0]);
    expect(
        &found,
        &[
            ("http.host", json!(["example.com:8080", "example.com"])),
            ("http.uri", json!(["example.com:8080/a?b=c%20d&e", "example.com/", "/p"])),
            ("http.key", json!(["b"])),
            ("http.value", json!(["c d"])),
            ("http.cookieKey", json!(["k", "l"])),
            ("http.cookieValue", json!(["v"])),
            ("http.method", json!(["GET", "HEAD", "POST"])),
            ("http.method-POST", json!(1)),
            ("http.statuscode", json!([200, 100, 404])),
            ("http.xffIp", json!(["1.2.3.4"])),
            ("http.requestBody", json!(["passwd=12345"])),
            ("http.bodyMagic", json!(["text/html"])),
            ("tags", json!(["http:bad-xff", "http:password"])),
            // hello; passwd=12345; the body until close.
            (
                "http.md5",
                json!([
                    "5d41402abc4b2a76b9719d911017c592",
                    "e4c1eb85a6131f1958ae7d381004bea8",
                    "9670a4a1f3dd39fa5d99271152515e99"
                ]),
            ),
        ],
    );
}

#[test]
fn a_tunnel_is_classified_anew() {
    let found = play(6, 8080, &seeds::http()[1]);
    expect(
        &found,
        &[
            ("protocol", json!(["http", "tls"])),
            ("http.user", json!(["u"])),
            ("http.authType", json!(["basic"])),
        ],
    );
    let found = play(6, 80, &seeds::http()[2]);
    expect(
        &found,
        &[
            ("protocol", json!(["http", "websocket"])),
            ("http.user", json!(["u"])),
            ("http.method-GET", Json::Null),
        ],
    );
}

#[test]
fn a_tunnel_that_holds_http_again_may_begin_within_a_payload() {
    let found = play(
        6,
        8080,
        &talk(&[
            (0, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\nGET /in HTTP/1.1\r\nHost: a\r\n\r\n"),
            (1, "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 203 OK\r\nContent-Length: 2\r\n\r\nok"),
            (0, "GET /more HTTP/1.1\r\nHost: a\r\n\r\n"),
            (1, "HTTP/1.1 204 OK\r\n\r\n"),
        ]),
    );
    expect(
        &found,
        &[
            ("http.statuscode", json!([200, 203, 204])),
            ("http.uri", json!(["a:80", "a/in", "a/more"])),
            ("http.md5", json!(["444bcb3a3fcf8389296c49467f27e1d6"])),
        ],
    );
}

#[test]
fn every_cut_of_a_conversation_gives_the_same_fields() {
    let settings = corpus_settings();
    let registry = Registry::new(&settings);
    let all = [(80, seeds::http()), (53, seeds::dns_stream()), (443, seeds::tls()), (1080, seeds::socks())];
    for (port, talks) in all {
        for talk in talks {
            // What a body is, is told by its first piece alone.
            let stable = |mut found: Map<String, Json>| {
                found.retain(|path, _| !path.starts_with("tags") && !path.starts_with("http.bodyMagic"));
                found
            };
            let whole = stable(converse(&registry, &settings, 6, port, &talk));
            for size in [1, 2, 3, 7, 64] {
                // The first payload of a direction stays whole: classification looks at nothing else.
                let mut first = [true; 2];
                let cut: Conversation = talk
                    .iter()
                    .flat_map(|(direction, data)| {
                        let is_first = std::mem::replace(&mut first[*direction], false);
                        let size = if is_first || port == 1080 { data.len() } else { size };
                        data.chunks(size).map(|piece| (*direction, piece.to_vec())).collect::<Vec<_>>()
                    })
                    .collect();
                if talk.iter().any(|(_, data)| data.starts_with(b"CONNECT") || data.starts_with(b"GET /ws")) {
                    continue;
                }
                assert_eq!(
                    stable(converse(&registry, &settings, 6, port, &cut)),
                    whole,
                    "port {port}, pieces of {size}"
                );
            }
        }
    }
}

#[test]
fn a_gap_in_a_body_costs_its_hash_and_no_more() {
    let settings = Settings::default();
    let registry = Registry::new(&settings);
    let facts = SessionFacts { ip_protocol: 6, port: [50_000, 80], first_packet_us: 0, now_us: 0 };
    let mut player = Player::new(&registry, &settings, facts);
    player.payload(1, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234");
    player.gap(1, 4);
    player.payload(1, b"90HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nok");
    player.gap(1, 500);
    player.payload(1, b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    player.end();
    expect(
        &support::document(&player.fields),
        &[
            ("http.statuscode", json!([200, 404, 500])),
            ("http.md5", json!(["444bcb3a3fcf8389296c49467f27e1d6"])),
        ],
    );
}

#[test]
fn a_body_until_close_has_a_hash_only_if_its_end_was_seen() {
    let settings = Settings::default();
    let registry = Registry::new(&settings);
    let facts = SessionFacts { ip_protocol: 6, port: [50_000, 80], first_packet_us: 0, now_us: 0 };
    for (whole, md5) in
        [([false, true], json!(["444bcb3a3fcf8389296c49467f27e1d6"])), ([true, false], Json::Null)]
    {
        let mut player = Player::new(&registry, &settings, facts);
        player.payload(1, b"HTTP/1.0 200 OK\r\n\r\nok");
        player.end_as(whole);
        expect(&support::document(&player.fields), &[("http.md5", md5)]);
    }
}

#[test]
fn responses_after_a_lost_one_are_those_of_no_request_before_it() {
    let settings = Settings::default();
    let registry = Registry::new(&settings);
    let facts = SessionFacts { ip_protocol: 6, port: [50_000, 80], first_packet_us: 0, now_us: 0 };
    let mut player = Player::new(&registry, &settings, facts);
    player.payload(0, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    player.payload(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    player.gap(1, 70);
    player.payload(1, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    player.end();
    expect(&support::document(&player.fields), &[("http.md5", json!(["444bcb3a3fcf8389296c49467f27e1d6"]))]);
    assert_eq!(player.malformed, []);
}

#[test]
fn what_follows_a_response_to_an_unseen_request_ends_nothing() {
    let settings = Settings::default();
    let registry = Registry::new(&settings);
    let facts = SessionFacts { ip_protocol: 6, port: [50_000, 80], first_packet_us: 0, now_us: 0 };
    // Of a lost GET the response is taken for that of the HEAD behind it.
    for first in
        ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]
    {
        let mut player = Player::new(&registry, &settings, facts);
        player.payload(0, b"OPTIONS * HTTP/1.1\r\n\r\n");
        player.payload(1, b"HTTP/1.1 204 No\r\n\r\n");
        player.gap(0, 40);
        player.payload(0, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        player.payload(1, format!("HTTP/1.1 200 OK\r\n{first}").as_bytes());
        player.payload(1, b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n");
        player.payload(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        player.payload(1, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        player.end();
        expect(
            &support::document(&player.fields),
            &[
                ("http.statuscode", json!([204, 200, 404])),
                ("http.md5", json!(["444bcb3a3fcf8389296c49467f27e1d6"])),
            ],
        );
        assert_eq!(player.malformed, []);
    }
}

#[test]
fn a_head_without_end_is_bounded_and_tagged() {
    let mut talk = talk(&[(0, "GET / HTTP/1.1\r\n")]);
    talk.extend((0..70).map(|_| (0, format!("X: {}\r\n", "a".repeat(1000)).into_bytes())));
    let found = play(6, 80, &talk);
    expect(&found, &[("tags", json!(["http:headers-too-long"])), ("http.method", Json::Null)]);
}

#[test]
fn dns_records_of_every_kind() {
    let found = play(17, 53, &seeds::dns()[0]);
    let dns = &found["dns"][0];
    assert_eq!(dns["queryHost"], "аррӏе.example.com");
    assert_eq!(dns["puny"], json!(["xn--80ak6aa92e.example.com", "c.xn--80ak6aa92e.example.com"]));
    assert_eq!(dns["host"], json!(["аррӏе.example.com", "c.аррӏе.example.com"]));
    assert_eq!(dns["ip"], json!(["192.0.2.1", "2020:2020:2020:2020:2020:2020:2020:2020"]));
    assert_eq!(dns["headerFlags"], json!(["AA", "RD", "RA"]));
    assert_eq!(dns["answersCnt"], 11);
    let of =
        |member: &str| dns["answers"].as_array().into_iter().flatten().find_map(|a| a.get(member)).cloned();
    assert_eq!(of("mx"), Some(json!("mail.example.com")));
    assert_eq!(of("txt"), Some(json!("abcde")));
    assert_eq!(of("caa"), Some(json!("CAA 0 issue example.net")));
    assert_eq!(
        of("https"),
        Some(json!("HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1 ipv6hint=2020:2020:2020:2020:2020:2020:2020:2020"))
    );
    assert_eq!(of("ds"), Some(json!("DS 1 8 2 abcd")));
    assert_eq!(of("rrsig"), Some(json!("RRSIG A 8 2 60 2 1 7 example.com")));
    assert_eq!(of("nsec"), Some(json!("NSEC z.example.com A MX")));
}

#[test]
fn only_the_answer_section_without_parse_dns_record_all() {
    let settings = Settings { dns_answers: false, ..Settings::default() };
    let talk = vec![(1, seeds::dns_message(0x8180, "a.example", 1, &[seeds::record(1, &[192, 0, 2, 7])]))];
    let found = converse(&Registry::new(&settings), &settings, 17, 53, &talk);
    assert_eq!(found["dns"][0]["ip"], json!(["192.0.2.7"]));
    assert_eq!(found["dns"][0].get("answers"), None);
}

#[test]
fn a_mail_exchange_is_a_host_without_parse_dns_record_all() {
    let mx = seeds::record(15, b"\0\x0a\x02mx\xc0\x0c");
    let talk = vec![(1, seeds::dns_message(0x8180, "a.example", 15, &[mx]))];
    for all in [false, true] {
        let settings = Settings { dns_all_records: all, ..Settings::default() };
        let found = converse(&Registry::new(&settings), &settings, 17, 53, &talk);
        let dns = &found["dns"][0];
        let (host, mail) = if all {
            (json!(["a.example"]), json!(["mx.a.example"]))
        } else {
            (json!(["a.example", "mx.a.example"]), Json::Null)
        };
        assert_eq!((&dns["host"], &dns["mailserverHost"]), (&host, &mail));
    }
}

#[test]
fn a_certificate_that_is_over_has_no_days_left() {
    let settings = corpus_settings();
    let registry = Registry::new(&settings);
    // A day and a second before the end, and ten days behind it (2030-01-01).
    for (second, days, seconds) in [(1_893_369_599, 1, 86_401), (1_894_320_000, 0, 0)] {
        let at = second * 1_000_000;
        let facts = SessionFacts { ip_protocol: 6, port: [50_000, 443], first_packet_us: at, now_us: at };
        let mut player = Player::new(&registry, &settings, facts);
        for (direction, data) in &seeds::tls()[0] {
            player.payload(*direction, data);
        }
        player.end();
        let certificate = &support::document(&player.fields)["cert"][0];
        assert_eq!(certificate["remainingDays"], days);
        assert_eq!(certificate["remainingSeconds"], seconds);
    }
}

#[test]
fn tls_hellos_and_certificate() {
    let found = play(6, 443, &seeds::tls()[0]);
    expect(
        &found,
        &[
            ("protocol", json!(["tls"])),
            ("http.host", json!(["www.example.com"])),
            ("tls.version", json!(["TLSv1.2"])),
            ("tls.cipher", json!(["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"])),
            ("tls.ja3string", json!(["771,4865-49199,0-10-11-13-16-43-65037,29-23,0"])),
            ("tls.ja3sstring", json!(["771,49199,65281-11"])),
            ("tls.ja4_r", json!(["t13d0207h2_1301,c02f_000a,000b,000d,002b,fe0d_0403,0804"])),
            ("tls.dstSessionId", json!(["05050505"])),
            ("tags", json!(["tls:has_ech", "cert:certificate-authority", "cert:self-signed"])),
        ],
    );
    let certificate = &found["cert"][0];
    assert_eq!(certificate["issuerCN"], json!(["test ca"]));
    assert_eq!(certificate["alt"], json!(["a.example.com"]));
    assert_eq!(certificate["serial"], "00abcd");
    assert_eq!(certificate["publicAlgorithm"], "id-ecPublicKey");
    assert_eq!(certificate["curve"], "prime256v1");
    assert_eq!(certificate["notAfter"], 1_893_456_000_000i64);
    assert_eq!(certificate["validDays"], 3653);
}

#[test]
fn a_hello_that_was_asked_for_again_may_come_in_pieces() {
    let mut again = seeds::client_hello(false);
    for at in 0..again.len() - 3 {
        if &again[at..at + 3] == b"Www" {
            again[at..at + 3].copy_from_slice(b"Two");
        }
    }
    let again = seeds::message(1, &again);
    let record = seeds::tls_record(22, &again);
    let (first, second) = record.split_at(90);
    let (head, tail) = again.split_at(90);
    let ways: [Vec<Vec<u8>>; 2] = [
        vec![[&seeds::tls_record(20, &[1]), first].concat(), second.to_vec()],
        vec![
            [seeds::tls_record(20, &[1]), seeds::tls_record(22, head), seeds::tls_record(22, tail)].concat(),
        ],
    ];
    for pieces in ways {
        let mut talk = vec![
            (0, seeds::tls_record(22, &seeds::message(1, &seeds::client_hello(false)))),
            (1, seeds::tls_record(22, &seeds::message(2, &seeds::server_hello()))),
        ];
        talk.extend(pieces.into_iter().map(|piece| (0, piece)));
        let found = play(6, 443, &talk);
        expect(&found, &[("http.host", json!(["www.example.com", "two.example.com"]))]);
    }
}

#[test]
fn dtls_fragments_are_put_together() {
    let found = play(17, 4433, &seeds::dtls()[0]);
    expect(&found, &[("protocol", json!(["dtls"])), ("certCnt", json!(1)), ("tls.ja3", Json::Null)]);
    assert!(found["tls.ja4"][0].as_str().is_some_and(|ja4| ja4.starts_with("d13d")));
}

#[test]
fn socks_and_starttls_lead_inside() {
    for talk in seeds::socks() {
        let found = play(6, 1080, &talk);
        expect(
            &found,
            &[
                ("protocol", json!(["socks", "http"])),
                ("socks.host", json!("example.com")),
                ("socks.port", json!(80)),
                ("http.statuscode", json!([200])),
                ("http.md5", json!(["444bcb3a3fcf8389296c49467f27e1d6"])),
            ],
        );
    }
    let found = play(6, 25, &seeds::starttls()[0]);
    expect(&found, &[("protocol", json!(["smtp", "tls"])), ("certCnt", json!(1))]);
}

#[test]
fn what_both_ends_send_with_the_end_of_a_handshake_of_socks_is_the_inside() {
    let mut request = b"\x05\x01\x00\x03\x0bExample.com\x00\x50".to_vec();
    request.extend(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    let mut reply = vec![5, 0, 0, 1, 10, 0, 0, 1, 4, 56];
    reply.extend(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    for client in [0, 1] {
        let server = 1 - client;
        let talk = vec![
            (client, vec![5, 1, 0]),
            (server, vec![5, 0]),
            (client, request.clone()),
            (server, reply.clone()),
            (client, b"GET /2 HTTP/1.1\r\nHost: h\r\n\r\n".to_vec()),
        ];
        expect(
            &play(6, 1080, &talk),
            &[
                ("protocol", json!(["socks", "http"])),
                ("http.uri", json!(["h/", "h/2"])),
                ("http.statuscode", json!([200])),
                ("http.md5", json!(["444bcb3a3fcf8389296c49467f27e1d6"])),
            ],
        );
    }
}

#[test]
fn a_disabled_protocol_keeps_its_label() {
    let settings = Settings { disabled: vec!["http".into()], ..Settings::default() };
    let found = converse(&Registry::new(&settings), &settings, 6, 80, &seeds::http()[0]);
    expect(&found, &[("protocol", json!(["http"])), ("http.host", Json::Null)]);
}

#[test]
fn labels_by_first_payload() {
    let cases: &[(u8, u16, &[u8], &[&str])] = &[
        (6, 22, b"SSH-2.0-OpenSSH_9.6\r\n", &["ssh"]),
        (6, 25, b"220 mail.example.com ready\r\n", &["smtp"]),
        (6, 2525, b"220 mail.example.com ESMTP\r\n", &["smtp"]),
        (6, 21, b"220 FTP server ready\r\n", &["ftp"]),
        (6, 1, b"USER anonymous\r\n", &[]),
        (6, 6667, b"NICK me\r\nUSER a b c :d\r\n", &["irc"]),
        (6, 6667, b":irc.example.com 001 me :Welcome\r\n", &["irc"]),
        (6, 389, b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00", &["ldap"]),
        (17, 161, b"\x30\x26\x02\x01\x01\x04\x06public\xa0\x19", &["snmp"]),
        (17, 123, &[0xe3; 48], &["ntp"]),
        (17, 9999, &[0xe3; 48], &[]),
        (6, 3306, b"\x4a\x00\x00\x00\x0a8.0.36\x00\x01\x02\x03\x04", &["mysql"]),
        (6, 5432, b"\x00\x00\x00\x08\x04\xd2\x16\x2f", &["postgresql"]),
        (6, 6379, b"*1\r\n$4\r\nPING\r\n", &["redis"]),
        (6, 445, b"\x00\x00\x00\x54\xffSMBr", &["smb"]),
        (6, 179, &[0xff; 16], &[]),
        (6, 502, b"\x00\x01\x00\x00\x00\x06\x01\x03\x00\x00\x00\x01", &["modbus"]),
        (6, 502, b"\x00\x01\x00\x01\x00\x06\x01\x03\x00\x00\x00\x01", &[]),
        (6, 5060, b"REGISTER sip:example.com SIP/2.0\r\n", &["sip"]),
        (6, 554, b"OPTIONS rtsp://example.com RTSP/1.0\r\n", &["rtsp"]),
        (6, 80, b"OPTIONS / HTTP/1.1\r\n\r\n", &["http"]),
        (17, 514, b"<34>Oct 11 22:14:15 host su: hello", &["syslog"]),
        (17, 514, b"<999>hello", &[]),
        (17, 3478, b"\x00\x01\x00\x00\x21\x12\xa4\x42aaaaaaaaaaaa", &["stun"]),
        (6, 6881, b"\x13BitTorrent protocol", &["bittorrent"]),
        (6, 1883, b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02id", &["mqtt"]),
        (17, 53, b"not a dns message at all", &[]),
        (6, 9042, b"\x04\x00\x00\x00\x05\x00\x00\x00\x00", &["cassandra"]),
        (6, 12345, b"GET /a-line-that-goes-on", &["http"]),
        (6, 12345, b"GET lost\r\n", &[]),
    ];
    for (ip_protocol, port, data, labels) in cases {
        let found = play(*ip_protocol, *port, &vec![(0, data.to_vec())]);
        let found = found.get("protocol").cloned().unwrap_or(json!([]));
        assert_eq!(found, json!(labels), "{}", String::from_utf8_lossy(data));
    }
}

#[test]
fn field_paths_and_expressions_are_declared_once() {
    use std::collections::BTreeSet;
    let (mut paths, mut expressions) = (BTreeSet::new(), BTreeSet::new());
    for field in lookback_protocols::fields() {
        assert!(paths.insert(field.path), "{} twice", field.path);
        assert!(
            field.expression.is_empty() || expressions.insert(field.expression),
            "{} twice",
            field.expression
        );
        assert!(!field.name.is_empty() && !field.help.is_empty(), "{} lacks its words", field.path);
        assert!(field.object.is_empty() || field.path.starts_with(field.object), "{}", field.path);
    }
}

#[test]
fn a_length_of_zero_ends_a_dns_stream() {
    // The length arrives in two pieces, so it is completed from the partial message.
    let mut talk = seeds::dns_stream()[0].clone();
    talk.truncate(1);
    talk.extend([(0, vec![0]), (0, vec![0]), (0, vec![0; 40])]);
    let found = play(6, 53, &talk);
    expect(&found, &[("protocol", json!(["dns"])), ("dnsCnt", json!(1))]);
}

#[test]
fn what_is_kept_of_a_message_that_is_not_whole_is_told_until_it_is() {
    // A head, a handshake message, a DNS message behind its length: so much of each, and then the rest.
    let head = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "y".repeat(6_000)).into_bytes();
    let hello = seeds::tls()[0][0].1.clone();
    let query = [&[0x01, 0x00][..], &[0; 256]].concat();
    let settings = corpus_settings();
    let registry = Registry::new(&settings);
    for (port, message, first) in [(80, head, 5_000), (443, hello, 100), (53, query, 200)] {
        let facts = SessionFacts { ip_protocol: 6, port: [40_000, port], first_packet_us: 0, now_us: 0 };
        let mut player = Player::new(&registry, &settings, facts);
        player.payload(0, &message[..first]);
        let held = player.held_bytes();
        assert!((first - 10..=first).contains(&held), "port {port}: {held} of {first}");
        player.payload(0, &message[first..]);
        assert!(player.held_bytes() < 10, "port {port}");
    }
}
