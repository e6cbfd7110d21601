//! Prints what HTTP bodies cost: CPU time of MD5 alone, and of the dissector with all around it.

use lookback_protocols::digest::Md5;
use lookback_protocols::{Context, Registry, SessionFacts, Settings};
use lookback_session::Fields;
use std::time::Instant;

const SEGMENT: usize = 1460;
const SEGMENTS: usize = 400_000;

fn main() {
    let segment = vec![0xa5; SEGMENT];
    let megabytes = (SEGMENT * SEGMENTS) as f64 / 1e6;
    let start = Instant::now();
    let mut md5 = Md5::new();
    for _ in 0..SEGMENTS {
        md5.update(&segment);
    }
    let digest = md5.finalize();
    println!("md5 alone   {:6.0} MB/s  {:02x}", megabytes / start.elapsed().as_secs_f64(), digest[0]);

    let settings = Settings::default();
    let registry = Registry::new(&settings);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", SEGMENT * SEGMENTS);
    let (mut fields, mut attached, mut reclassify, mut malformed) =
        (Fields::new(), Vec::new(), None, Vec::new());
    let mut context = Context {
        session: SessionFacts { ip_protocol: 6, port: [40_000, 80], first_packet_us: 0, now_us: 0 },
        settings: &settings,
        fields: &mut fields,
        attached: &mut attached,
        reclassify: &mut reclassify,
        malformed: &mut malformed,
    };
    registry.classify(&mut context, 1, head.as_bytes());
    let mut dissector = std::mem::take(context.attached).pop().expect("a response is HTTP");
    let start = Instant::now();
    dissector.payload(&mut context, 1, head.as_bytes());
    for _ in 0..SEGMENTS {
        dissector.payload(&mut context, 1, &segment);
    }
    println!("http bodies {:6.0} MB/s", megabytes / start.elapsed().as_secs_f64());

    let request =
        b"GET /a/b/c?x=1&y=2 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n\
        Accept: text/html,application/xhtml+xml\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\n\
        Cookie: id=0123456789; theme=dark\r\nConnection: keep-alive\r\n\r\n";
    let answer = b"HTTP/1.1 200 OK\r\nServer: test\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: text/html\r\n\
        Content-Length: 5\r\nETag: \"1\"\r\nCache-Control: no-cache\r\n\r\nhello";
    let flows = 200_000;
    let start = Instant::now();
    for _ in 0..flows {
        let (mut fields, mut attached) = (Fields::new(), Vec::new());
        let mut context = Context {
            fields: &mut fields,
            attached: &mut attached,
            settings: &settings,
            session: context.session,
            reclassify: &mut *context.reclassify,
            malformed: &mut *context.malformed,
        };
        registry.classify(&mut context, 0, request);
        let mut dissector = std::mem::take(context.attached).pop().expect("a request is HTTP");
        dissector.payload(&mut context, 0, request);
        registry.classify(&mut context, 1, answer);
        dissector.payload(&mut context, 1, answer);
        dissector.save(&mut context, true);
    }
    println!(
        "one request and response: {:.0} ns a flow",
        start.elapsed().as_nanos() as f64 / f64::from(flows)
    );
}
