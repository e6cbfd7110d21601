//! Shorter conversations: mail, remote login, a database, clocks, echo and address resolution.

use super::{Scene, put_counted16};
use crate::conversation::{Carrier, Message, Script};
use crate::hosts::{self, Ends};

const PEOPLE: &[&str] =
    &["ada", "grace", "edsger", "barbara", "donald", "margaret", "ken", "radia", "vint", "lynn"];
const SUBJECTS: &[&str] =
    &["Minutes of Monday", "Invoice 2025-1107", "Lunch?", "Re: rack 12 power", "Photos", "Quarterly figures"];

/// A mail handed to a server (RFC 5321).
pub fn mail(scene: &mut Scene<'_>) -> Script {
    let random = &mut *scene.random;
    let (from, to) = (random.pick(PEOPLE), random.pick(PEOPLE));
    let subject = random.pick(SUBJECTS);
    let host = scene.name.clone();
    let number = random.bits() as u32;
    let text = "Dear all,\r\n\r\nplease find the notes of our meeting below. Comments by Friday.\r\n"
        .repeat(random.between(1, 12) as usize);
    let data = format!(
        "From: {from}@example.org\r\nTo: {to}@example.com\r\nSubject: {subject}\r\nDate: Tue, 25 Nov 2025 09:12:44 +0000\r\n\
         Message-ID: <{number:08x}@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         X-Mailer: Sample Mail 4.2\r\n\r\n{text}\r\n.\r\n"
    );
    let messages = vec![
        Message::server(format!("220 {host} ESMTP Postfix\r\n")),
        Message::client("EHLO laptop.example.org\r\n"),
        Message::server(format!(
            "250-{host}\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250 HELP\r\n"
        )),
        Message::client(format!("MAIL FROM:<{from}@example.org>\r\n")),
        Message::server("250 2.1.0 Ok\r\n"),
        Message::client(format!("RCPT TO:<{to}@example.com>\r\n")),
        Message::server("250 2.1.5 Ok\r\n"),
        Message::client("DATA\r\n"),
        Message::server("354 End data with <CR><LF>.<CR><LF>\r\n"),
        Message::client(data),
        Message::server(format!("250 2.0.0 Ok: queued as {number:08X}\r\n")).after(12_000),
        Message::client("QUIT\r\n"),
        Message::server("221 2.0.0 Bye\r\n"),
    ];
    scene.script(Carrier::Tcp, 25, messages)
}

/// A remote login (RFC 4253): banners, key exchange, then records nobody can read.
pub fn remote_login(scene: &mut Scene<'_>) -> Script {
    let random = &mut *scene.random;
    let lists = [
        "curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256",
        "ssh-ed25519,rsa-sha2-512,rsa-sha2-256",
        "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-ctr",
        "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-ctr",
        "hmac-sha2-256-etm@openssh.com,hmac-sha2-512",
        "hmac-sha2-256-etm@openssh.com,hmac-sha2-512",
        "none,zlib@openssh.com",
        "none,zlib@openssh.com",
        "",
        "",
    ];
    let offer = |random: &mut crate::random::Random| {
        let mut body = vec![20];
        random.fill(&mut body, 16);
        for list in lists {
            body.extend_from_slice(&(list.len() as u32).to_be_bytes());
            body.extend_from_slice(list.as_bytes());
        }
        body.extend_from_slice(&[0; 5]);
        packet(&body)
    };
    let exchange = packet(&[&[30, 0, 0, 0, 32][..], &random.bytes(32)].concat());
    let mut answer = vec![31];
    for length in [51u32, 32, 83] {
        // Host key, public key of the exchange, signature.
        answer.extend_from_slice(&length.to_be_bytes());
        random.fill(&mut answer, length as usize);
    }
    let reply = packet(&answer);
    let mut messages = vec![
        Message::client("SSH-2.0-OpenSSH_9.9\r\n"),
        Message::server("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n"),
        Message::client(offer(random)),
        Message::server(offer(random)),
        Message::client(exchange),
        Message::server([reply, packet(&[21])].concat()),
        Message::client(packet(&[21])),
    ];
    for _ in 0..random.between(2, 8) {
        let (ask, answer) = (random.between(36, 120) as usize, random.between(36, 700) as usize);
        messages.push(Message::client(random.bytes(ask)).after(random.between(10_000, 900_000)));
        messages.push(Message::server(random.bytes(answer)));
    }
    scene.script(Carrier::Tcp, 22, messages)
}

/// An SSH packet before encryption: length, padding length, body, padding to eight bytes.
fn packet(body: &[u8]) -> Vec<u8> {
    let padding = 4 + (8 - (body.len() + 9) % 8) % 8;
    let mut out = ((1 + body.len() + padding) as u32).to_be_bytes().to_vec();
    out.push(padding as u8);
    out.extend_from_slice(body);
    out.resize(out.len() + padding, 0);
    out
}

/// A database session: greeting, login, one to `most` queries (MySQL client/server protocol 4.1).
pub fn database(scene: &mut Scene<'_>, most: u32) -> Script {
    let random = &mut *scene.random;
    let user = random.pick(&["shop", "report", "wiki", "backup"]);
    let frame = |number: u8, body: &[u8]| {
        let [a, b, c, _] = (body.len() as u32).to_le_bytes();
        [&[a, b, c, number][..], body].concat()
    };
    let mut greeting = b"\x0a8.4.3\0".to_vec();
    greeting.extend_from_slice(&(random.bits() as u32 & 0xffff).to_le_bytes());
    greeting.extend_from_slice(b"sAltsalt\0\xff\xff\xff\x02\x00\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0moresaltmore\0caching_sha2_password\0");
    let mut login = vec![0x85, 0xa6, 0xff, 0x01, 0, 0, 0, 1, 0xff];
    login.resize(32, 0);
    login.extend_from_slice(user.as_bytes());
    login.extend_from_slice(&[0, 32]);
    random.fill(&mut login, 32);
    login.extend_from_slice(b"store\0caching_sha2_password\0");
    let mut messages = vec![
        Message::server(frame(0, &greeting)),
        Message::client(frame(1, &login)),
        Message::server([frame(2, &[1, 3]), frame(3, &[0, 0, 0, 2, 0, 0, 0])].concat()),
    ];
    for _ in 0..random.between(1, most) {
        let table = random.pick(&["orders", "customers", "items", "prices"]);
        let query = format!("\x03SELECT id, name, total FROM {table} WHERE id = {}", random.skewed(100_000));
        messages.push(Message::client(frame(0, query.as_bytes())).after(random.between(500, 80_000)));
        let mut row = Vec::new();
        for cell in
            [format!("{}", random.below(100_000)), "sample".to_owned(), format!("{}.99", random.below(900))]
        {
            row.push(cell.len() as u8);
            row.extend_from_slice(cell.as_bytes());
        }
        let rows: Vec<u8> = (0..random.between(1, 20)).flat_map(|at| frame(2 + at as u8, &row)).collect();
        messages.push(Message::server([frame(1, &[3]), rows].concat()));
    }
    messages.push(Message::client(frame(0, &[1])));
    scene.script(Carrier::Tcp, 3306, messages)
}

/// A clock asks another (RFC 5905).
pub fn clock(scene: &mut Scene<'_>) -> Script {
    let random = &mut *scene.random;
    let mut ask = vec![0x23];
    ask.resize(40, 0);
    random.fill(&mut ask, 8);
    let mut answer = vec![0x24, 2, 6, 0xe9, 0, 0, 0x03, 0x1a, 0, 0, 0x01, 0x2c, 192, 0, 2, 77];
    random.fill(&mut answer, 32);
    scene.script(Carrier::Udp, 123, vec![Message::client(ask), Message::server(answer)])
}

/// A line for the log of another host (RFC 5424), unanswered.
pub fn log_line(scene: &mut Scene<'_>) -> Script {
    let number = scene.random.below(100_000);
    let name = scene.name.clone();
    let line = format!(
        "<30>1 2025-11-25T08:00:00Z {name} cron {number} - - (root) CMD (run-parts /etc/cron.hourly)"
    );
    scene.script(Carrier::Udp, 514, vec![Message::client(line)])
}

/// One to five echo requests a second apart, answered (RFC 792).
pub fn echo(scene: &mut Scene<'_>) -> Script {
    scene.ipv6 = false;
    let mut messages = Vec::new();
    for number in 0..scene.random.between(1, 5) {
        let mut payload = u64::from(number).to_le_bytes().to_vec();
        payload.extend(16..64u8);
        messages.push(Message::client(payload.clone()).after(1_000_000));
        messages.push(Message::server(payload));
    }
    let mut script = scene.script(Carrier::Icmp, 0, messages);
    script.ends.client.port = 0;
    script
}

/// One host asks for another's Ethernet address (RFC 826).
pub fn address_resolution(scene: &mut Scene<'_>) -> Script {
    let (own, other) = (scene.client, scene.client ^ 1);
    let ends = Ends { client: hosts::client(own, false, 0), server: hosts::client(other, false, 0) };
    Script { carrier: Carrier::Arp, ends, messages: vec![Message::client([]), Message::server([]).after(10)] }
}

/// A question that a counted answer follows, over TCP 53: a zone's serial (RFC 1035 section 4.2.2).
pub fn zone_serial(scene: &mut Scene<'_>) -> Script {
    let id = (scene.random.bits() as u16).to_be_bytes();
    let question = b"\x07example\x03org\x00\x00\x06\x00\x01";
    let ask = [&id[..], &[0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0], question].concat();
    let mut answer = [&id[..], &[0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], question].concat();
    answer.extend_from_slice(b"\xc0\x0c\x00\x06\x00\x01\x00\x00\x0e\x10");
    let mut data = b"\x03ns1\xc0\x0c\x05admin\xc0\x0c".to_vec();
    for number in [2_025_112_501u32, 7_200, 3_600, 1_209_600, 3_600] {
        data.extend_from_slice(&number.to_be_bytes());
    }
    put_counted16(&mut answer, &data);
    let counted = |message: &[u8]| {
        let mut out = Vec::new();
        put_counted16(&mut out, message);
        out
    };
    scene.script(Carrier::Tcp, 53, vec![Message::client(counted(&ask)), Message::server(counted(&answer))])
}
