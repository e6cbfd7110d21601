//! SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): what the client asked for; the inside is classified anew.

pub mod fields;

use crate::bytes::{Reader, be16, byte, mapped};
use crate::{Classifier, Context, Dissector, Protocol, Trigger, Verdict};
use lookback_session::record::Direction;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Most bytes kept of one direction's half of the handshake.
const MAX_HANDSHAKE: usize = 2048;

/// Which message comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Greeting,
    Method,
    Credentials,
    CredentialsReply,
    Request,
    Reply,
    RequestV4,
    ReplyV4,
    Inside,
}

/// Why a message could not be read.
enum Trouble {
    /// More bytes must come.
    Short,
    /// The proxy said no, or this is no SOCKS: nothing more to read.
    Over,
}

struct Socks {
    client: Direction,
    step: Step,
    /// Bytes of each direction not yet read, at most [`MAX_HANDSHAKE`].
    unread: [Vec<u8>; 2],
}

impl Dissector for Socks {
    fn name(&self) -> &'static str {
        "socks"
    }

    fn held_bytes(&self) -> usize {
        self.unread.iter().map(Vec::len).sum()
    }

    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict {
        let Some(unread) = self.unread.get_mut(direction) else { return Verdict::Done };
        if self.step == Step::Inside && unread.is_empty() {
            context.classify_anew(direction, data.to_vec());
            return Verdict::Done;
        }
        if unread.len() + data.len() > MAX_HANDSHAKE {
            context.malformed("socks", "handshake too long");
            return Verdict::Done;
        }
        unread.extend_from_slice(data);
        while self.step != Step::Inside {
            let speaker = match self.step {
                Step::Greeting | Step::Credentials | Step::Request | Step::RequestV4 => self.client,
                _ => 1 - self.client,
            };
            let Some(unread) = self.unread.get_mut(speaker) else { return Verdict::Done };
            let mut reader = Reader::new(unread);
            match read(context, self.step, &mut reader) {
                Ok(next) => {
                    let left = reader.rest().len();
                    unread.drain(..unread.len() - left);
                    self.step = next;
                }
                Err(Trouble::Short) => return Verdict::More,
                Err(Trouble::Over) => return Verdict::Done,
            }
        }
        // What follows the handshake in the same payload is already the inside, and what the client sent before the reply.
        let mut verdict = Verdict::More;
        for direction in [self.client, 1 - self.client] {
            if let Some(unread) = self.unread.get_mut(direction).filter(|unread| !unread.is_empty()) {
                context.classify_anew(direction, std::mem::take(unread));
                verdict = Verdict::Done;
            }
        }
        verdict
    }
}

/// Reads the message of one step and gives the next step.
fn read(context: &mut Context<'_>, step: Step, reader: &mut Reader<'_>) -> Result<Step, Trouble> {
    use Trouble::{Over, Short};
    match step {
        Step::Greeting => {
            reader.u8().ok_or(Short)?; // version, known from classification
            reader.vector8().ok_or(Short)?;
            Ok(Step::Method)
        }
        Step::Method => {
            let (version, method) = (reader.u8().ok_or(Short)?, reader.u8().ok_or(Short)?);
            if version != 5 || method == 0xff {
                return Err(Over);
            }
            context.label("socks");
            match method {
                0 => Ok(Step::Request),
                2 => Ok(Step::Credentials),
                _ => Err(Over), // GSS-API and private methods hide the request
            }
        }
        Step::Credentials => {
            reader.u8().ok_or(Short)?; // version of the sub-negotiation
            let user = reader.vector8().ok_or(Short)?;
            reader.vector8().ok_or(Short)?;
            context.fields.add_bytes(&fields::USER, user.rest());
            context.tag("socks:password");
            Ok(Step::CredentialsReply)
        }
        Step::CredentialsReply => {
            reader.u8().ok_or(Short)?;
            if reader.u8().ok_or(Short)? != 0 {
                context.tag("socks:auth-failed");
                return Err(Over);
            }
            Ok(Step::Request)
        }
        Step::Request => {
            if address(reader, |target, port| target.keep(context, port))? != 5 {
                return Err(Over);
            }
            Ok(Step::Reply)
        }
        Step::Reply => {
            let status = byte(reader.rest(), 1).ok_or(Short)?;
            if status != 0 {
                context.tag("socks:connect-failed");
                return Err(Over);
            }
            address(reader, |_, _| {})?;
            Ok(Step::Inside)
        }
        Step::RequestV4 => {
            request_v4(context, reader)?;
            Ok(Step::ReplyV4)
        }
        Step::ReplyV4 => {
            let reply = reader.take(8).ok_or(Short)?;
            context.label("socks");
            if (byte(reply, 0), byte(reply, 1)) != (Some(0), Some(0x5a)) {
                context.tag("socks:connect-failed");
                return Err(Over);
            }
            Ok(Step::Inside)
        }
        Step::Inside => Err(Over),
    }
}

/// Where the client wants to go.
enum Target<'a> {
    V4([u8; 4]),
    V6([u8; 16]),
    Host(&'a [u8]),
}

impl Target<'_> {
    fn keep(&self, context: &mut Context<'_>, port: u16) {
        match self {
            Target::V4(octets) => context.fields.add_ip(&fields::IP, mapped(Ipv4Addr::from(*octets).into())),
            Target::V6(octets) => context.fields.add_ip(&fields::IP, mapped(Ipv6Addr::from(*octets).into())),
            Target::Host(name) => context.fields.add_bytes(&fields::HOST, &name.to_ascii_lowercase()),
        };
        context.fields.add_integer(&fields::PORT, i64::from(port));
    }
}

/// Reads version, command or status, zero, address and port; gives the version.
fn address(reader: &mut Reader<'_>, keep: impl FnOnce(Target<'_>, u16)) -> Result<u8, Trouble> {
    use Trouble::{Over, Short};
    let version = reader.u8().ok_or(Short)?;
    reader.take(2).ok_or(Short)?;
    let target = match reader.u8().ok_or(Short)? {
        1 => Target::V4(*reader.take(4).and_then(<[u8]>::first_chunk).ok_or(Short)?),
        3 => Target::Host(reader.vector8().ok_or(Short)?.rest()),
        4 => Target::V6(*reader.take(16).and_then(<[u8]>::first_chunk).ok_or(Short)?),
        _ => return Err(Over),
    };
    let port = reader.u16().ok_or(Short)?;
    keep(target, port);
    Ok(version)
}

/// Version 4: port, address, user; an address of 0.0.0.x says that a name follows (4a).
fn request_v4(context: &mut Context<'_>, reader: &mut Reader<'_>) -> Result<(), Trouble> {
    use Trouble::Short;
    let data = reader.rest();
    let port = be16(data, 2).ok_or(Short)?;
    let octets: [u8; 4] = *data.get(4..8).and_then(<[u8]>::first_chunk).ok_or(Short)?;
    let strings = data.get(8..).ok_or(Short)?;
    let user_end = memchr::memchr(0, strings).ok_or(Short)?;
    let (user, after) = strings.split_at(user_end);
    let mut used = 8 + user_end + 1;
    let target = match octets {
        [0, 0, 0, last] if last != 0 => {
            let name = after.get(1..).ok_or(Short)?;
            let end = memchr::memchr(0, name).ok_or(Short)?;
            used += end + 1;
            Target::Host(name.get(..end).ok_or(Short)?)
        }
        _ => Target::V4(octets),
    };
    target.keep(context, port);
    if !user.is_empty() {
        context.fields.add_bytes(&fields::USER, user);
    }
    reader.take(used).ok_or(Short)?;
    Ok(())
}

fn attach(context: &mut Context<'_>, client: Direction, step: Step) {
    context.attach(Box::new(Socks { client, step, unread: [Vec::new(), Vec::new()] }));
}

/// A greeting that lists known methods and nothing else.
fn classify_v5(context: &mut Context<'_>, direction: Direction, data: &[u8]) {
    let methods = data.get(2..).unwrap_or_default();
    let count = byte(data, 1).map_or(0, usize::from);
    if count > 0 && methods.len() == count && methods.iter().all(|method| *method < 10 || *method >= 0x80) {
        attach(context, direction, Step::Greeting);
    }
}

/// Command, port, address, and a user that ends in a zero byte.
fn classify_v4(context: &mut Context<'_>, direction: Direction, data: &[u8]) {
    if data.len() >= 9 && data.len() < 512 && data.last() == Some(&0) && be16(data, 2) != Some(0) {
        attach(context, direction, Step::RequestV4);
    }
}

/// SOCKS.
pub static PROTOCOL: Protocol = Protocol {
    name: "socks",
    fields: fields::ALL,
    classifiers: &[
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"\x05" }, classify: classify_v5 },
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"\x04\x01" }, classify: classify_v4 },
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"\x04\x02" }, classify: classify_v4 },
    ],
};
