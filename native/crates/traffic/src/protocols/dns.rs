//! DNS (RFC 1035, 3596, 6891): a question over UDP and its answer.

use super::Scene;
use crate::conversation::{Carrier, Message, Script};
use crate::hosts::{self, Address, Ends, is_v4};

/// The resolver of the local network.
const RESOLVER: Address = hosts::v4(10, 0, 0, 53);
const RESOLVER6: Address = hosts::v6(0x00c1, 0x53);

const A: u16 = 1;
const CNAME: u16 = 5;
const MX: u16 = 15;
const TXT: u16 = 16;
const AAAA: u16 = 28;

fn put_name(out: &mut Vec<u8>, name: &str) {
    for label in name.split('.') {
        out.push(label.len() as u8);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
}

fn put_header(out: &mut Vec<u8>, id: u16, flags: u16, answers: u16) {
    for word in [id, flags, 1, answers, 0, 1] {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

fn put_question(out: &mut Vec<u8>, name: &str, kind: u16) {
    put_name(out, name);
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&1u16.to_be_bytes());
}

/// An answer for the name at offset `at` of the message.
fn put_answer(out: &mut Vec<u8>, at: u16, kind: u16, ttl: u32, data: &[u8]) {
    out.extend_from_slice(&(0xc000 | at).to_be_bytes());
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&1u16.to_be_bytes());
    out.extend_from_slice(&ttl.to_be_bytes());
    super::put_counted16(out, data);
}

fn put_extension(out: &mut Vec<u8>) {
    // OPT: root name, 1232 bytes of UDP payload.
    out.extend_from_slice(&[0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
}

fn put_address(out: &mut Vec<u8>, at: u16, ttl: u32, address: &Address) {
    match is_v4(address) {
        true => put_answer(out, at, A, ttl, &address[12..]),
        false => put_answer(out, at, AAAA, ttl, address),
    }
}

/// Offset of the question's name in a message.
const QUESTION: u16 = 12;

/// A look-up of the scene's name.
pub fn look_up(scene: &mut Scene<'_>) -> Script {
    let kind = match scene.random.below(100) {
        0..70 => A,
        70..92 => AAAA,
        92..97 => TXT,
        _ => MX,
    };
    look_up_kind(scene, kind)
}

/// A look-up of the scene's address.
pub fn look_up_address(scene: &mut Scene<'_>) -> Script {
    let kind = if scene.ipv6 { AAAA } else { A };
    look_up_kind(scene, kind)
}

fn look_up_kind(scene: &mut Scene<'_>, kind: u16) -> Script {
    let id = scene.random.bits() as u16;
    let name = scene.name.clone();
    let mut question = Vec::with_capacity(64);
    put_header(&mut question, id, 0x0100, 0);
    put_question(&mut question, &name, kind);
    put_extension(&mut question);

    let number = hosts::number_of(&name);
    let ttl = scene.random.between(20, 3_600);
    let mut answers = Vec::with_capacity(96);
    let mut count = 1;
    let mut flags = 0x8180;
    match kind {
        _ if number % 29 == 3 => {
            // No such name.
            flags |= 3;
            count = 0;
        }
        TXT => put_answer(&mut answers, QUESTION, TXT, ttl, b"\x1fv=spf1 include:example.org -all"),
        MX => {
            let mut data = vec![0, 10];
            put_name(&mut data, "mail.example.org");
            put_answer(&mut answers, QUESTION, MX, ttl, &data);
        }
        _ => {
            let mut at = QUESTION;
            if number % 7 == 2 {
                let mut canonical = Vec::new();
                put_name(&mut canonical, &format!("edge{}.cdn.example.net", number % 40));
                put_answer(&mut answers, QUESTION, CNAME, ttl, &canonical);
                at = (question.len() - 11 + 12) as u16;
                count = 2;
            }
            put_address(&mut answers, at, ttl, &hosts::address_of(number, kind == AAAA));
            if number % 5 == 1 {
                put_address(&mut answers, at, ttl, &hosts::address_of(number.rotate_left(7), kind == AAAA));
                count += 1;
            }
        }
    }
    let mut answer = Vec::with_capacity(128);
    put_header(&mut answer, id, flags, count);
    put_question(&mut answer, &name, kind);
    answer.extend_from_slice(&answers);
    put_extension(&mut answer);

    let port = scene.random.between(32_768, 60_999) as u16;
    let mut server = hosts::server("resolver", false, 53);
    server.address = if scene.ipv6 { RESOLVER6 } else { RESOLVER };
    let ends = Ends { client: hosts::client(scene.client, scene.ipv6, port), server };
    Script { carrier: Carrier::Udp, ends, messages: vec![Message::client(question), Message::server(answer)] }
}
